/** Writes `after.yaml` and `findings.txt` of each example. Review the changes. */
import {writeFileSync} from 'node:fs';
import {exampleFile, exampleIds, runExample} from './examples.ts';

for (const id of exampleIds) {
  const {after, findings} = await runExample(id);
  writeFileSync(exampleFile(id, 'after.yaml'), after);
  writeFileSync(exampleFile(id, 'findings.txt'), findings);
}
