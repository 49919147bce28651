/** Writes the built-in table of images from `scripts/images/known-images.yaml`. */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {knownTableSource, repository} from './images/known-table.ts';

writeFileSync(path.join(repository, 'src/images/known/table.ts'), knownTableSource());
