/**
 * Compares what `least` opens with the known connections of public applications. See
 * `bench/README.md`.
 *
 * Usage: `npm run connections -- FOLDER [--show] [--np-guard FOLDER] [--only NAME]`; FOLDER has the manifests of each
 * application as `NAME.yaml`. `--show` lists what was missed, and what was opened needlessly. `--np-guard` runs NP-Guard's
 * programs in a folder on the same manifests. `--only` takes one application.
 */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {resolvePolicy} from '../src/config/resolve.ts';
import {type Hardened, harden} from '../src/harden.ts';
import {fewestReaders, fewestServices} from '../src/network/needs/shared-configs.ts';
import {reachesIn} from '../src/network-report.ts';
import {readStream} from '../src/stream/manifest-stream.ts';
import {Cluster, type End} from '../test/network/evaluator.ts';
import {type Application, applications} from './connections/applications.ts';
import {analyzed, withSynthesis} from './connections/np-guard.ts';

const {positionals, values} = parseArgs({
  allowPositionals: true,
  options: {
    show: {type: 'boolean', default: false},
    'np-guard': {type: 'string'},
    only: {type: 'string'},
  },
});
const [folder] = positionals;
if (folder === undefined) {
  throw new Error(
    'usage: npm run connections -- FOLDER [--show] [--np-guard FOLDER] [--only NAME]',
  );
}

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
  const isWanted = values.only === undefined || values.only === application.name;
  return isWanted && existsSync(file)
    ? [{application, file, counts: countsOf(application, file)}]
    : [];
});
report();
const programs = values['np-guard'];
if (programs !== undefined) await compare(programs);

function countsOf({calls}: Application, file: string): Counts {
  const text = readFileSync(file, 'utf8');
  const known = Object.entries(calls).flatMap(([from, servers]) =>
    servers.split(' ').map(to => `${from} → ${to}`),
  );
  const shown = openIn(hardened(text, file, 'deny').text);
  const told = hardened(text, file, 'release');
  const open = openIn(told.text);
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
function openIn(text: string): ReadonlySet<string> {
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

/** The connections of clients that reach the same servers, as far as notes tell of such. */
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
      return (
        (sizes.get(keyOf(client)) ?? 0) >= fewestReaders &&
        (servers.get(client)?.size ?? 0) > fewestServices
      );
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
  write([head, ...rows, all]);
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

/** A table in Markdown; the first row is its head. */
function write([head = [], ...rows]: readonly (readonly string[])[]): void {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What NP-Guard's synthesis finds in the same manifests, and its analysis of what the hardening adds. */
async function compare(folderOfPrograms: string): Promise<void> {
  const sums = [0, 0, 0, 0, 0, 0];
  const rows: (readonly string[])[] = [];
  for (const {application, file, counts} of found) {
    const text = readFileSync(file, 'utf8');
    const theirs = openIn(await withSynthesis(folderOfPrograms, file, text));
    const known = new Set(counts.known);
    const right = (open: ReadonlySet<string>) => [...open].filter(each => known.has(each));
    const numbers = [
      known.size,
      right(counts.shown).length,
      right(theirs).length,
      counts.shown.size - right(counts.shown).length,
      theirs.size - right(theirs).length,
      right(theirs).filter(each => !counts.shown.has(each)).length,
    ];
    for (const [at, number] of numbers.entries()) sums[at] = (sums[at] ?? 0) + number;
    rows.push([application.name, ...numbers.map(String)]);
    if (!values.show) continue;
    for (const each of right(counts.shown)) {
      if (!theirs.has(each)) {
        process.stdout.write(`${application.name}: not in their synthesis: ${each}\n`);
      }
    }
    for (const each of theirs) {
      if (counts.shown.has(each)) continue;
      const kind = known.has(each) ? 'only in their synthesis' : 'needless in their synthesis';
      process.stdout.write(`${application.name}: ${kind}: ${each}\n`);
    }
  }
  process.stdout.write('\n');
  write([
    [
      'application',
      'known',
      'found',
      'by NP-Guard',
      'needless',
      'by NP-Guard',
      'found by NP-Guard alone',
    ],
    ...rows,
    ['all', ...sums.map(String)],
  ]);
  process.stdout.write('\n');
  write([
    ['application', 'connected', 'by NP-Guard', 'on other ports', 'only here', 'only by NP-Guard'],
    ...(await graphRows(folderOfPrograms)),
  ]);
}

/** Who can reach whom among the workloads after hardening, according to both analyses. */
async function graphRows(folderOfPrograms: string): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for (const {application, file} of found) {
    const {text} = hardened(readFileSync(file, 'utf8'), file, 'release');
    const {before} = reachesIn(readStream(text, file), resolvePolicy({}));
    const ours = new Map(
      before.pairs.map(({from, to, ports}) => [
        [from, to].map(node => node.split('/').at(-1)).join(' → '),
        ports.length === 0 ? 'every' : [...ports].sort().join(' '),
      ]),
    );
    const theirs = await analyzed(folderOfPrograms, text);
    const both = [...ours.keys()].filter(each => theirs.has(each));
    const other = both.filter(each => ours.get(each) !== theirs.get(each));
    const [mine, their] = [
      [...ours.keys()].filter(each => !theirs.has(each)),
      [...theirs.keys()].filter(each => !ours.has(each)),
    ];
    rows.push([
      application.name,
      ...[ours.size, theirs.size, other.length, mine.length, their.length].map(String),
    ]);
    if (!values.show) continue;
    for (const each of other) {
      process.stdout.write(
        `${application.name}: ${each}: ${ours.get(each)}, NP-Guard: ${theirs.get(each)}\n`,
      );
    }
    for (const each of mine) process.stdout.write(`${application.name}: only here: ${each}\n`);
    for (const each of their)
      process.stdout.write(`${application.name}: only by NP-Guard: ${each}\n`);
  }
  return rows;
}
