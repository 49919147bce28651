/**
 * Deletes from `dist` what was compiled from files that are gone: the compiler keeps what it has written,
 * so that a build compiles only what has changed.
 */
import {existsSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';

const compiled = /^(.*)(?:\.js|\.js\.map|\.d\.ts)$/;

for (const place of ['bench', 'scripts', 'src', 'test']) {
  const output = path.join('dist', place);
  for (const file of readdirSync(output, {recursive: true, encoding: 'utf8'})) {
    const source = compiled.exec(file)?.[1];
    if (source !== undefined && !existsSync(path.join(place, `${source}.ts`))) {
      rmSync(path.join(output, file));
    }
  }
}
