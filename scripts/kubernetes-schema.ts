/** Writes the types of Kubernetes' own kinds from its OpenAPI: `npm run kubernetes-schema`. Needs Go. */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {definitionsOf} from './schema/open-api.ts';
import {typeTableOf} from './schema/type-table.ts';

/** A patch version of each minor version, from the last one with `extensions/v1beta1` workloads in use. */
const versions = [
  ...['1.16.15', '1.17.17', '1.18.20', '1.19.16', '1.20.15', '1.21.14', '1.22.17', '1.23.17'],
  ...['1.24.17', '1.25.16', '1.26.15', '1.27.16', '1.28.15', '1.29.15', '1.30.14', '1.31.14'],
  ...['1.32.9', '1.33.5', '1.34.1', '1.35.0', '1.36.1', '1.37.0'],
].map(version => `v${version}`);

const {kinds, types} = typeTableOf(versions.map(definitionsOf));
const source = `// Written by \`npm run kubernetes-schema\` from the OpenAPI of Kubernetes ${versions.at(0)} to ${versions.at(-1)}.

/** The kinds of each group and version, and their types, unless they have the same name. */
export const kinds = \`
${kinds}
\`;

/** The types, each with its fields by their types: see \`types.ts\`. */
export const types = \`
${types}
\`;
`;
writeFileSync(path.resolve(import.meta.dirname, '../../src/kubernetes/schema/table.ts'), source);
