/**
 * Measures what `helm install` of a release of public charts takes on a real API server, and what
 * kube-harden takes to harden it. See `bench/README.md`.
 */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {executablePath, hostTarget} from '../scripts/executable-path.ts';
import {startControlPlane} from '../test/cluster/control-plane.ts';
import {repository, toolPath} from '../test/tools/tools.ts';
import {type Command, measure, type Run} from './measure.ts';
import {chartOf, layDown} from './peers.ts';
import {figureOf, measures} from './report.ts';
import {filesStream, releases} from './streams.ts';

const rounds = 5;
/** Seconds after which a run is stopped. */
const limit = 120;
const corpus = process.env['CORPUS_FOLDER'] ?? path.resolve(repository, '../shared/corpus');

const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-install-'));
const plane = await startControlPlane(toolPath('control-plane'));
try {
  for (const [name, files] of Object.entries(releases)) {
    const stream = filesStream(corpus, files);
    if (stream === undefined) throw new Error(`the charts of ${name} are not in ${corpus}`);
    await measureRelease(name, layDown(path.join(scratch, String(files.length)), stream));
  }
} finally {
  await plane.stop();
  rmSync(scratch, {recursive: true});
}

async function measureRelease(name: string, input: string): Promise<void> {
  const runs: Record<string, Run[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [tool, command] of Object.entries(commandsFor(input))) {
      runs[tool] ??= [];
      runs[tool].push(await measure(command, input, limit));
    }
    await measure(helm(['uninstall', 'r', '--no-hooks', '--namespace', 'demo']), input, limit);
  }
  for (const [tool, own] of Object.entries(runs)) {
    const figures = [measures.cpu, measures.wall].map(each => figureOf(own, each)?.toFixed(3));
    const outcome = own.find(run => run.outcome !== 'ok')?.outcome ?? 'ok';
    process.stdout.write(
      `${name}: ${tool}: CPU ${figures[0]} s, wall ${figures[1]} s, ${outcome}\n`,
    );
  }
}

function commandsFor(input: string): Readonly<Record<string, Command>> {
  const install = ['install', 'r', chartOf(input), '--no-hooks', '--namespace', 'demo'];
  return {
    'helm install': helm([...install, '--create-namespace']),
    'kube-harden executable': {file: executablePath(hostTarget()), args: [], exitCodes: [0]},
    'kube-harden': {
      file: process.execPath,
      args: [path.join(repository, 'dist/kube-harden.cjs')],
      exitCodes: [0],
    },
  };
}

function helm(args: readonly string[]): Command {
  return {
    file: toolPath('helm4'),
    args: [...args, '--kubeconfig', plane.kubeconfig],
    exitCodes: [0],
  };
}
