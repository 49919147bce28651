import {accessSync, constants, copyFileSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {ExecaError, execa} from 'execa';
import {executablePath, hostTarget} from '../scripts/executable-path.ts';
import {buns} from '../scripts/runtimes.ts';
import {buildMissing} from '../test/tools/build.ts';
import {type GoTool, goTools, type ToolName} from '../test/tools/catalog.ts';
import {binFolder, repository} from '../test/tools/tools.ts';
import type {Command} from './measure.ts';
import {type PythonTool, pythonExecutable} from './python-tool.ts';

/** A tool to measure: its command for a file, or why there is none. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  /** What it does of kube-harden's work, in a few words. */
  readonly does: string;
  readonly command: ((input: string) => Command) | undefined;
  readonly missing?: string;
}

const own = (file: string): string => path.join(repository, file);

interface GoPeer {
  readonly tool: GoTool;
  readonly does: string;
  readonly args: (input: string) => readonly string[];
  readonly exitCodes: readonly number[];
}

const goPeers: readonly GoPeer[] = [
  {
    tool: {name: 'yaml-parse', source: {folder: 'bench/yaml-parse'}},
    does: 'parses the stream with sigs.k8s.io/yaml v1.6.0, and nothing else',
    args: () => [],
    exitCodes: [0],
  },
  {
    tool: {
      name: 'kube-score',
      source: {module: 'github.com/zegl/kube-score/cmd/kube-score', version: 'v1.20.0'},
    },
    does: 'checks, rewrites nothing',
    args: input => ['score', input],
    exitCodes: [0, 1],
  },
  {
    tool: {name: 'kubeaudit', source: {folder: 'bench/kubeaudit'}},
    does: 'checks, and rewrites with `autofix` (v0.22.2)',
    args: input => ['autofix', '-f', input, '-o', '/dev/null'],
    exitCodes: [0],
  },
  {
    tool: {
      name: 'kubeconform',
      source: {module: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.7.0'},
    },
    does: 'splits, parses, and holds each object to an empty schema, since its schemas need a network',
    args: input => [
      '-schema-location',
      path.join(path.dirname(input), 'empty-schema.json'),
      '-ignore-missing-schemas',
      input,
    ],
    exitCodes: [0],
  },
  ...ownTools('kustomize', 'builds a kustomization whose one resource is the stream', input => [
    'build',
    kustomizationOf(input),
  ]),
  ...ownTools(
    'helm4',
    '`helm template`: renders a chart whose one template is the stream',
    input => ['template', chartOf(input)],
  ),
];

/** A tool that the tests use as well. */
function ownTools(name: ToolName, does: string, args: GoPeer['args']): readonly GoPeer[] {
  return goTools
    .filter(tool => tool.name === name)
    .map(tool => ({tool, does, args, exitCodes: [0]}));
}

/** A chart whose one template prints the stream: Helm would otherwise run what looks like a template. */
export function chartOf(input: string): string {
  const chart = path.join(path.dirname(input), 'chart');
  if (existsSync(chart)) return chart;
  mkdirSync(path.join(chart, 'templates'), {recursive: true});
  writeFileSync(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: stream\nversion: 0.1.0\n');
  writeFileSync(path.join(chart, 'templates/all.yaml'), '{{ .Files.Get "stream.yaml" }}\n');
  copyFileSync(input, path.join(chart, 'stream.yaml'));
  return chart;
}

/** A folder that kustomize builds; the resource must be inside it. */
function kustomizationOf(input: string): string {
  writeFileSync(
    path.join(path.dirname(input), 'kustomization.yaml'),
    `resources: [${path.basename(input)}]\n`,
  );
  return path.dirname(input);
}

interface GivenPeer {
  readonly name: string;
  /** The arguments to print its version. */
  readonly version: readonly string[];
  readonly args: (input: string) => readonly string[];
  readonly exitCodes: readonly number[];
  /** Where to get it, if no environment variable names an executable. */
  readonly python?: PythonTool;
}

/** Programs whose executable can be set with an environment variable. */
const givenPeers: readonly GivenPeer[] = [
  {
    name: 'checkov',
    python: {name: 'checkov', version: '3.3.30'},
    version: ['--version'],
    args: (input: string) => ['--framework', 'kubernetes', '--compact', '--quiet', '-f', input],
    exitCodes: [0, 1],
  },
  {
    name: 'polaris',
    version: ['version'],
    args: (input: string) => ['audit', '--audit-path', input],
    exitCodes: [0],
  },
];

/** The tools to compare that `isWanted` names, including those that cannot take part. Builds missing Go tools. */
export async function contenders(
  isWanted: (name: string) => boolean,
): Promise<readonly Contender[]> {
  const built = goPeers.filter(({tool}) => isWanted(tool.name));
  const given = givenPeers.filter(({name}) => isWanted(name));
  const reasons = await buildMissing(built.map(peer => peer.tool));
  return [
    ...ownContenders().filter(({name}) => isWanted(name)),
    ...built.map(peer => goContender(peer, reasons.get(peer.tool.name))),
    ...(await Promise.all(given.map(givenContender))),
  ];
}

/** Node alone, and kube-harden on Node and as an executable. */
function ownContenders(): readonly Contender[] {
  return [
    {
      name: 'node -e 0',
      version: process.version,
      does: 'starts and ends: what every program on Node pays',
      command: () => ({file: process.execPath, args: ['-e', '0'], exitCodes: [0]}),
    },
    {
      name: 'kube-harden',
      version: `Node ${process.version}`,
      does: 'checks, rewrites, checks what was rewritten, and adds NetworkPolicies',
      command: () => ({
        file: process.execPath,
        args: [own('dist/kube-harden.cjs')],
        exitCodes: [0],
      }),
    },
    ownExecutable(),
  ];
}

function ownExecutable(): Contender {
  const file = executablePath(hostTarget());
  const about = {
    name: 'kube-harden executable',
    version: `Bun ${buns[hostTarget()].version}`,
    does: 'the same, without Node',
  };
  return existsSync(file)
    ? {...about, command: () => ({file, args: [], exitCodes: [0]})}
    : {...about, command: undefined, missing: 'not built: `npm run tools` builds it'};
}

function goContender(peer: GoPeer, missing: string | undefined): Contender {
  const {tool, does, args, exitCodes} = peer;
  const version = 'module' in tool.source ? tool.source.version : 'of this repository';
  const about = {name: tool.name, version, does};
  if (missing !== undefined) return {...about, command: undefined, missing};
  const file = path.join(binFolder, tool.name);
  return {...about, command: input => ({file, args: args(input), exitCodes})};
}

async function givenContender(peer: GivenPeer): Promise<Contender> {
  const {name, args, exitCodes} = peer;
  const about = {name, does: 'checks, rewrites nothing'};
  try {
    const file = await executableOf(peer);
    const {all} = await execa(file, peer.version, {all: true, reject: false});
    const version = /\d+\.\d+\.\d+/.exec(all ?? '')?.[0] ?? 'of unknown version';
    return {...about, version, command: input => ({file, args: args(input), exitCodes})};
  } catch (error) {
    const missing = error instanceof ExecaError ? error.shortMessage : messageOf(error);
    return {...about, version: '', command: undefined, missing};
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** @throws {Error} if there is none */
async function executableOf({name, python}: GivenPeer): Promise<string> {
  const variable = name.toUpperCase();
  const file = process.env[variable];
  if (file === undefined && python !== undefined) return pythonExecutable(python);
  if (file === undefined) throw new Error(`${variable} names no executable`);
  requireExecutable(file, variable);
  return file;
}

function requireExecutable(file: string, variable: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch (cause) {
    throw new Error(`${variable} must name a file that can be run`, {cause});
  }
}

/** Writes a stream to its own folder, with the other files that the tools need. */
export function layDown(folder: string, stream: string): string {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'empty-schema.json'), '{}\n');
  const input = path.join(folder, 'stream.yaml');
  writeFileSync(input, stream);
  return input;
}
