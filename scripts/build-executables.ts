import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {sha256Of} from './archive/sha256.ts';
import {executableFolder, executablePath, hostTarget, type Target} from './executable-path.ts';
import {buns, fetchRuntime} from './runtimes.ts';
import {bundledCli} from './source.ts';

/** What an executable of Bun reads from the working directory unless told otherwise: files that run code. */
const autoloaded = ['dotenv', 'bunfig', 'tsconfig', 'package-json'];

/**
 * How many times later than usual JavaScriptCore compiles a function: by default, its compilers take more
 * CPU time than they save, for one chart as for thousands of documents.
 */
const jitPolicy = '--compile-jit-policy=16';

/** As under Node, the second argument is the path of what runs. Bun has a virtual path there. */
const banner = 'process.argv[1] = process.execPath;';

/**
 * Builds the executables for `targets` into `dist/executables`, and writes the SHA-256 sums of all that
 * are there. An executable is Bun for that platform, followed by the bundle and its bytecode.
 */
export async function buildExecutables(targets: readonly Target[]): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-executables-'));
  try {
    const {text} = await bundledCli({banner: {js: banner}});
    writeFileSync(path.join(scratch, 'kube-harden.cjs'), text);
    mkdirSync(executableFolder, {recursive: true});
    for (const target of targets) await compile(target, scratch);
  } finally {
    rmSync(scratch, {recursive: true});
  }
  writeFileSync(path.join(executableFolder, 'SHA256SUMS'), sums());
}

async function compile(target: Target, cwd: string): Promise<void> {
  const compiler = await fetchRuntime(buns[hostTarget()]);
  const args = [
    ...[
      'build',
      'kube-harden.cjs',
      '--compile',
      '--bytecode',
      jitPolicy,
      `--outfile=${executablePath(target)}`,
    ],
    ...[`--target=bun-${target}`, `--compile-executable-path=${await fetchRuntime(buns[target])}`],
    ...autoloaded.map(what => `--no-compile-autoload-${what}`),
  ];
  await execa(compiler, args, {cwd});
}

/** For `sha256sum --check SHA256SUMS`. */
function sums(): string {
  const files = readdirSync(executableFolder).filter(file => file.startsWith('kube-harden-'));
  return files
    .sort()
    .map(file => `${sha256Of(readFileSync(path.join(executableFolder, file)))}  ${file}\n`)
    .join('');
}
