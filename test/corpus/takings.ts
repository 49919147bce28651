import {parse, stringify} from 'yaml';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {harden} from '../../src/harden.ts';
import {findRule} from '../../src/rules/index.ts';

/**
 * What happens to something that a manifest asks for: it is taken away, it waits, or its clients
 * are cut off.
 */
const outcomes = ['taken', 'waits', 'cut'] as const;
type Outcome = (typeof outcomes)[number];

/**
 * What the default profile takes away, or would take away, in one place of a file for one reason.
 */
export interface Takings {
  /** `Kind/name`, or `Kind/name container`. */
  readonly at: string;
  readonly outcome: Outcome;
  /** A rule and a path each: `no-host-port /spec/containers/0/ports/0/hostPort`. */
  readonly fields: readonly string[];
  /** If it waits, the evidence; otherwise a person's explanation of why no workload needs it. */
  readonly because: readonly string[];
}

/** What the default profile takes away from a stream, or would take without the evidence. */
export function takingsOf(text: string): readonly Takings[] {
  const {findings, notes} = harden(text, 'input', resolvePolicy({}));
  const groups = new Map<string, Takings & {readonly fields: string[]}>();
  for (const finding of [...findings, ...notes]) {
    const outcome = outcomeOf(finding);
    if (outcome === undefined) continue;
    const {resource, container, evidence = []} = finding;
    const at = [`${resource.kind}/${resource.name}`, container ?? []].flat().join(' ');
    const because = outcome === 'waits' ? evidence : [];
    const key = JSON.stringify([at, outcome, because]);
    const group = groups.get(key) ?? {at, outcome, fields: [], because};
    groups.set(key, group);
    group.fields.push(`${finding.rule} ${finding.path}`);
  }
  return [...groups.values()];
}

function outcomeOf({rule, status, disposition, before}: Finding): Outcome | undefined {
  if (disposition === 'waits' || disposition === 'cut') return disposition;
  const asksForIt = findRule(rule)?.rewrite?.effect === 'takes' || before !== undefined;
  return status === 'fixed' && asksForIt ? 'taken' : undefined;
}

/** The reviewed takings, by file name. */
export function readTakings(text: string): ReadonlyMap<string, readonly Takings[]> {
  const files = parse(text) as Record<string, readonly Record<string, unknown>[]>;
  return new Map(
    Object.entries(files).map(([file, groups]) => [file, groups.map(each => fromYaml(file, each))]),
  );
}

function fromYaml(file: string, group: Record<string, unknown>): Takings {
  const found = outcomes.filter(outcome => outcome in group);
  const [outcome] = found;
  const {at} = group;
  if (typeof at !== 'string' || outcome === undefined || found.length !== 1) {
    throw new Error(`${file}: ${JSON.stringify(group)} must have \`at\` and one of ${outcomes}`);
  }
  return {at, outcome, fields: textsOf(group[outcome]), because: textsOf(group['because'])};
}

const textsOf = (value: unknown): readonly string[] =>
  [value].flat().filter(each => typeof each === 'string' && each.trim() !== '') as string[];

/**
 * The difference between `reviewed` and what is `found` in `file`, as lines to write; empty if
 * there is none.
 */
export function differences(
  file: string,
  found: readonly Takings[],
  reviewed: readonly Takings[],
): string {
  const known = new Set(reviewed.map(keyOf));
  const there = new Set(found.map(keyOf));
  const unexplained = reviewed.filter(({because}) => because.length === 0);
  const sections = [
    [
      'add to takings.yaml, with the reason after a review',
      found.filter(each => !known.has(keyOf(each))),
    ],
    ['remove from takings.yaml', reviewed.filter(each => !there.has(keyOf(each)))],
    ['say in takings.yaml why', unexplained],
  ] as const;
  return sections
    .filter(([, takings]) => takings.length > 0)
    .map(([what, takings]) => `${what}:\n${toYaml(file, takings)}`)
    .join('\n');
}

/** `found` with the reasons that are `reviewed`, as the lines of the file. */
export function reviewedAnew(
  file: string,
  found: readonly Takings[],
  reviewed: readonly Takings[],
): string {
  const reasons = new Map(reviewed.map(each => [keyOf(each), each.because]));
  const takings = found.map(each => ({...each, because: reasons.get(keyOf(each)) ?? each.because}));
  return takings.length === 0 ? '' : toYaml(file, takings);
}

/** Evidence must be the same; a person's reason may be any. */
const keyOf = ({at, outcome, fields, because}: Takings): string =>
  JSON.stringify([at, outcome, fields, outcome === 'waits' ? because : []]);

const toYaml = (file: string, takings: readonly Takings[]): string =>
  stringify(
    {
      [file]: takings.map(({at, outcome, fields, because}) => ({
        at,
        [outcome]: fields,
        because: outcome === 'waits' ? because : because.join(' ') || null,
      })),
    },
    {lineWidth: 120, nullStr: ''},
  );
