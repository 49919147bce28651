import {cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {execa} from 'execa';
import {parse} from 'yaml';
import type {ToolName} from '../tools/catalog.ts';
import {executable} from '../tools/executable.ts';
import {helm4WithPlugin} from '../tools/helm-4.ts';
import {binFolder, repository} from '../tools/tools.ts';
import {contentsOf} from './bait.ts';

const securityFolder = path.join(repository, 'test/security');

/** The tools that call kube-harden, or whose output is piped into it. */
const callers = ['helm3', 'helm4', 'kustomize'] as const satisfies readonly ToolName[];
type Caller = (typeof callers)[number];

/** One call, and its expected result: README.md in this folder explains the keys. */
export interface Run {
  readonly folder?: string;
  readonly args: readonly string[];
  readonly stdin?: string | Readonly<Partial<Record<Caller, readonly string[]>>>;
  readonly by?: Caller;
  readonly needs?: Caller;
  readonly exit: number;
  readonly says?: readonly string[];
  readonly 'never-says'?: readonly string[];
  readonly stdout?: string;
}

const keys = ['folder', 'args', 'stdin', 'by', 'needs', 'exit', 'says', 'never-says', 'stdout'];

/** The names of the folders in `attacks`. */
export const attackFolders: readonly string[] = readdirSync(path.join(securityFolder, 'attacks'), {
  withFileTypes: true,
})
  .filter(entry => entry.isDirectory())
  .map(({name}) => name)
  .sort();

/**
 * The rows of the table in README.md: the name of the attack, what is tried, and what must happen.
 */
export function attackRows(): readonly (readonly string[])[] {
  const lines = readFileSync(path.join(securityFolder, 'README.md'), 'utf8').split('\n');
  const start = lines.indexOf('| attack | what is tried | what must happen |');
  const length = lines.slice(start).findIndex(line => !line.startsWith('|'));
  return lines
    .slice(start + 2, start + length)
    .map(line => line.split(/(?<!\\)\|/).slice(1, -1))
    .map(cells => cells.map(cell => cell.trim()));
}

/** The content of `attack.yaml` of that attack. @throws {Error} if it has an unknown key */
export function runsOf(attack: string): readonly Run[] {
  const file = path.join(securityFolder, 'attacks', attack, 'attack.yaml');
  const {runs} = parse(readFileSync(file, 'utf8')) as {readonly runs: readonly Run[]};
  const unknown = runs.flatMap(run => Object.keys(run)).filter(key => !keys.includes(key));
  if (unknown.length > 0) throw new Error(`${attack}: a run has no key ${unknown.join()}`);
  return runs;
}

/** The tools that a run needs. */
export const toolsOf = ({by, needs, stdin}: Run): readonly Caller[] => [
  ...[by, needs].filter(name => name !== undefined),
  ...callers.filter(name => typeof stdin === 'object' && stdin[name] !== undefined),
];

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether the folder of the attack is unchanged. */
  readonly isUntouched: boolean;
}

/** Makes the call in a fresh copy of the folder of the attack, with no policy above it. */
export async function perform(attack: string, run: Run): Promise<Outcome> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-attack-'));
  const folder = path.join(scratch, attack);
  cpSync(path.join(securityFolder, 'attacks', attack), folder, {
    recursive: true,
    verbatimSymlinks: true,
  });
  cpSync(executable, path.join(scratch, 'bin/kube-harden'));
  symlinkSync(toolPath('helm3'), path.join(scratch, 'bin/helm'));
  const cwd = path.join(folder, run.folder ?? '.');
  const input = await inputOf(run, cwd);
  const before = contentsOf(folder);
  const result = await execa(run.by === undefined ? executable : toolPath(run.by), run.args, {
    cwd,
    input,
    env: await environmentOf(run, scratch),
    reject: false,
    stripFinalNewline: false,
  });
  const {exitCode, stdout, stderr} = result;
  return {exitCode, stdout, stderr, isUntouched: isDeepStrictEqual(contentsOf(folder), before)};
}

const toolPath = (tool: Caller): string => path.join(binFolder, tool);

async function inputOf({stdin}: Run, cwd: string): Promise<string> {
  if (stdin === undefined) return '';
  if (typeof stdin === 'string') return readFileSync(path.join(cwd, stdin), 'utf8');
  const [tool] = toolsOf({stdin, args: [], exit: 0});
  if (tool === undefined) throw new Error(`no tool prints ${JSON.stringify(stdin)}`);
  const {stdout} = await execa(toolPath(tool), stdin[tool] ?? [], {cwd, stripFinalNewline: false});
  return stdout;
}

/** kube-harden is on the PATH; Helm 4 has it as a plugin; helm is Helm 3. */
async function environmentOf(run: Run, scratch: string): Promise<Record<string, string>> {
  const PATH = [path.join(scratch, 'bin'), process.env['PATH']].join(path.delimiter);
  return run.by === 'helm4'
    ? {PATH, ...(await helm4WithPlugin(toolPath('helm4'), 'folder'))}
    : {PATH};
}
