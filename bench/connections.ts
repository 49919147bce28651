/**
 * Compares what `least` opens with the known connections of public applications. See
 * `bench/README.md`.
 *
 * Usage: `npm run connections -- FOLDER [--show]`; FOLDER has the manifests of each application as
 * `NAME.yaml`. `--show` lists what was missed, and what was opened needlessly.
 */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {resolvePolicy} from '../src/config/resolve.ts';
import {type Hardened, harden} from '../src/harden.ts';
import {Cluster, type End} from '../test/network/evaluator.ts';
import {type Application, applications} from './connections/applications.ts';

const {positionals, values} = parseArgs({
  allowPositionals: true,
  options: {show: {type: 'boolean', default: false}},
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: npm run connections -- FOLDER [--show]');

/** The connections of one application, as `client → server`. */
interface Counts {
  readonly known: readonly string[];
  /** What the manifests show. */
  readonly shown: ReadonlySet<string>;
  /** Of these, what comes from clients that a note says to share a configuration. */
  readonly shared: ReadonlySet<string>;
  /** What stays open because nothing names a Service. */
  readonly fallback: ReadonlySet<string>;
  /** Known, not shown, and no note declares what its client calls, or who calls its server. */
  readonly untold: readonly string[];
}

const found = applications.flatMap(application => {
  const file = path.join(folder, `${application.name}.yaml`);
  return existsSync(file) ? [{application, counts: countsOf(application, file)}] : [];
});
report();

function countsOf({calls}: Application, file: string): Counts {
  const text = readFileSync(file, 'utf8');
  const known = Object.entries(calls).flatMap(([from, servers]) =>
    servers.split(' ').map(to => `${from} → ${to}`),
  );
  const shown = openIn(hardened(text, file, 'deny'));
  const told = hardened(text, file, 'release');
  const open = openIn(told);
  const fallback = new Set([...open].filter(each => !shown.has(each)));
  const notes = told.notes.filter(({rule}) => rule === 'require-network-policy');
  const isTold = (name: string) =>
    notes.some(({connections = []}) =>
      connections.some(({from, to}) =>
        [from, to].some(end => 'workload' in end && end.workload.name === name),
      ),
    );
  const shared = told.notes.some(({message}) => message.includes(' workloads name the same '))
    ? sharedIn(shown)
    : new Set<string>();
  const untold = known.filter(each => !shown.has(each) && !each.split(' → ').some(isTold));
  return {known, shown, shared, fallback, untold};
}

function hardened(text: string, file: string, unnamed: 'release' | 'deny'): Hardened {
  return harden(text, file, resolvePolicy({networkPolicy: {ingress: 'least', unnamed}}));
}

/** Who reaches whom on a port that the server declares or a rule names, with the independent evaluator. */
function openIn({text}: Hardened): ReadonlySet<string> {
  const cluster = new Cluster(text, 'default');
  const numbers = [
    ...new Set([...text.matchAll(/[pP]ort: "?(\d{1,5})"?$/gm)].map(each => Number(each[1]))),
  ];
  const ports = numbers.flatMap(port =>
    (['TCP', 'UDP'] as const).map(protocol => ({port, protocol})),
  );
  const open = new Set<string>();
  for (const from of cluster.pods) {
    for (const to of cluster.pods) {
      if (from === to || open.has(`${from.name} → ${to.name}`)) continue;
      const isOpen = ports.some(({port, protocol}) =>
        cluster.admits(from as End, to, port, protocol),
      );
      if (isOpen) open.add(`${from.name} → ${to.name}`);
    }
  }
  return open;
}

/** The connections of five or more clients that reach the same five or more servers. */
function sharedIn(shown: ReadonlySet<string>): ReadonlySet<string> {
  const servers = new Map<string, Set<string>>();
  for (const each of shown) {
    const [from = '', to = ''] = each.split(' → ');
    servers.set(from, (servers.get(from) ?? new Set([from])).add(to));
  }
  const keyOf = (client: string) => [...(servers.get(client) ?? [])].sort().join();
  const sizes = new Map<string, number>();
  for (const client of servers.keys())
    sizes.set(keyOf(client), (sizes.get(keyOf(client)) ?? 0) + 1);
  return new Set(
    [...shown].filter(each => {
      const [client = ''] = each.split(' → ');
      return (sizes.get(keyOf(client)) ?? 0) >= 5 && (servers.get(client)?.size ?? 0) > 5;
    }),
  );
}

function report(): void {
  const rows = found.map(({application, counts}) => rowOf(application.name, [counts]));
  const all = rowOf(
    'all',
    found.map(({counts}) => counts),
  );
  const head = [
    'application',
    'known',
    'shown',
    'with fallback',
    'recall',
    'missed untold',
    'opened',
    'precision',
    'by shared configurations',
    'by fallback',
  ];
  const lines = [head, head.map(() => '---'), ...rows, all].map(
    cells => `| ${cells.join(' | ')} |`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!values.show) return;
  for (const {application, counts} of found) {
    const {known, shown, fallback, untold} = counts;
    for (const each of known) {
      if (!shown.has(each) && !fallback.has(each)) {
        process.stdout.write(
          `${application.name}: missed${untold.includes(each) ? ', untold' : ''}: ${each}\n`,
        );
      }
    }
    for (const each of shown) {
      if (!known.includes(each)) process.stdout.write(`${application.name}: needless: ${each}\n`);
    }
  }
}

function rowOf(name: string, counts: readonly Counts[]): readonly string[] {
  const sum = (count: (each: Counts) => number) =>
    counts.reduce((total, each) => total + count(each), 0);
  const known = sum(each => each.known.length);
  const shown = sum(each => each.known.filter(one => each.shown.has(one)).length);
  const held = sum(each => each.known.filter(one => each.fallback.has(one)).length);
  const apart = sum(each => [...each.shown].filter(one => !each.shared.has(one)).length);
  const right = sum(
    each => each.known.filter(one => each.shown.has(one) && !each.shared.has(one)).length,
  );
  const percent = (part: number, whole: number) =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
  return [
    name,
    `${known}`,
    `${shown}`,
    `${shown + held}`,
    percent(shown + held, known),
    `${sum(each => each.untold.length)}`,
    `${apart}`,
    percent(right, apart),
    `${sum(each => each.shared.size)}`,
    `${sum(each => each.fallback.size)}`,
  ];
}
