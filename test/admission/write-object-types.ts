/** Writes the fields of Kubernetes' own kinds, as the Go types of k8s.io/api have them. */
import {writeFileSync} from 'node:fs';
import {toolPath} from '../tools/tools.ts';
import {objectTypes, typesFile} from './object-types.ts';

writeFileSync(typesFile, await objectTypes(toolPath('admission-policy-oracle')));
