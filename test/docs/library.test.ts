import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execaNode} from 'execa';
import {repository} from '../tools/tools.ts';

const page = readFileSync(path.join(repository, 'docs/library.md'), 'utf8');

/** The text of the page's first block in `language`. */
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';

test('docs/library.md: the example prints what the page says, by the package’s own exports', async t => {
  // Within the package, so that its name means itself.
  const folder = mkdtempSync(path.join(repository, 'dist', 'library-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  const file = path.join(folder, 'example.mjs');
  writeFileSync(file, block('js'));
  const {stdout} = await execaNode(file, [], {nodeOptions: []});
  t.is(`${stdout}\n`, block('text'));
});

test('the package ships types that a program in TypeScript is checked by', async t => {
  const folder = mkdtempSync(path.join(repository, 'dist', 'library-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
  const check = async (line: string) => {
    const file = path.join(folder, 'example.mts');
    writeFileSync(file, `import {harden, policyOf} from 'kube-harden';\n${line}\n`);
    const call = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      file,
    ];
    return execaNode(tsc, call, {nodeOptions: [], reject: false, cwd: folder});
  };
  const right = await check("export const text: string = harden('', 'in', policyOf({})).text;");
  t.is(right.exitCode, 0, right.stdout);
  const wrong = await check("export const text: number = harden('', 'in', policyOf({})).text;");
  t.regex(wrong.stdout, /TS2322/);
});
