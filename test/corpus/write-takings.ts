import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {corpusFiles} from '../tools/corpus-files.ts';
import {reviewedFiles, takingsFile} from './files.ts';
import {readTakings, reviewedAnew, takingsOf} from './takings.ts';

if (corpusFiles.length === 0) throw new Error('there is no corpus to write the takings of');
const text = readFileSync(takingsFile, 'utf8');
const reviewed = readTakings(text);
const head = text.slice(0, text.indexOf('\n\n') + 1);
const sections = reviewedFiles.map(file => {
  const name = path.basename(file);
  return reviewedAnew(name, takingsOf(readFileSync(file, 'utf8')), reviewed.get(name) ?? []);
});
writeFileSync(takingsFile, [head, ...sections.filter(section => section !== '')].join('\n'));
