import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {loadPolicy} from '../../src/config/load.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {type Hardened, harden} from '../../src/harden.ts';
import {isList, isMap, isSameJson, type Json} from '../../src/json.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {Cluster, type End} from '../network/evaluator.ts';
import {repository} from '../tools/tools.ts';

const casesFolder = path.join(repository, 'test/cases');

/** The names of the folders below `test/cases`: README.md there says what each holds. */
export const caseNames: readonly string[] = readdirSync(casesFolder, {withFileTypes: true})
  .filter(entry => entry.isDirectory())
  .map(({name}) => name)
  .sort();

/** What `expected.yaml` says. Keys that are absent ask nothing. */
export interface Expectation {
  /** What is right, in a sentence. */
  readonly right: string;
  /** By rule, by place (`Kind/name`, or `Kind/name container`): what becomes of its findings. */
  readonly findings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Findings or notes that must be there. */
  readonly says?: readonly {readonly rule: string; readonly at: string; readonly text: string}[];
  /** What no finding and no note may say. */
  readonly 'never-says'?: readonly string[];
  /** Objects of the output, in part: `null` is a field that is absent. */
  readonly output?: readonly Json[];
  /** `Kind/name` of objects that the output must not have. */
  readonly without?: readonly string[];
  /** Connections of the output's pods that its policies admit, or refuse: `client → server 53/UDP`. */
  readonly admits?: readonly string[];
  readonly refuses?: readonly string[];
  /** Whether the output is the input, byte for byte. */
  readonly unchanged?: boolean;
}

const keys = [
  'right',
  'findings',
  'says',
  'never-says',
  'output',
  'without',
  'admits',
  'refuses',
  'unchanged',
];

export interface Case {
  readonly expectation: Expectation;
  readonly input: string;
  /** Pods that are in the cluster beside the release, and namespaces with their labels. */
  readonly neighbours: string;
  readonly policy: Policy;
}

/** Reads a folder below `test/cases`. Without a `kube-harden.yaml` the policy is the default. */
export async function readCase(name: string): Promise<Case> {
  const file = (part: string) => path.join(casesFolder, name, part);
  const policyFile = file('kube-harden.yaml');
  const {choices} = existsSync(policyFile) ? await loadPolicy(policyFile) : {choices: {}};
  const expectation = parse(readFileSync(file('expected.yaml'), 'utf8')) as Expectation;
  const unknown = Object.keys(expectation).filter(key => !keys.includes(key));
  if (unknown.length > 0) throw new Error(`${name}: expected.yaml has no key ${unknown.join()}`);
  return {
    expectation,
    input: readFileSync(file('input.yaml'), 'utf8'),
    neighbours: existsSync(file('neighbours.yaml'))
      ? readFileSync(file('neighbours.yaml'), 'utf8')
      : '',
    policy: resolvePolicy({annotate: false, ...choices}),
  };
}

export const runCase = ({input, policy}: Case): Hardened => harden(input, 'input.yaml', policy);

const placeOf = ({resource, container}: Finding): string =>
  `${resource.kind}/${resource.name}${container === undefined ? '' : ` ${container}`}`;

/** What became of all findings of `rule`, by place: states that differ are joined by commas. */
export function outcomesOf(rule: string, findings: readonly Finding[]): Record<string, string> {
  const outcomes = new Map<string, Set<string>>();
  for (const finding of findings.filter(each => each.rule === rule)) {
    const place = placeOf(finding);
    const states = outcomes.get(place) ?? new Set();
    outcomes.set(place, states.add(finding.waits ? 'waits' : finding.status));
  }
  return Object.fromEntries(
    [...outcomes].map(([place, states]) => [place, [...states].sort().join(', ')]),
  );
}

/** All that is told: a line a finding or a note. */
export const told = ({findings, notes}: Hardened): readonly string[] => [
  ...findings.map(finding => `${finding.rule} ${placeOf(finding)} ${textOf(finding)}`),
  ...notes.map(({rule, resource, message}) =>
    [rule, `${resource.kind}/${resource.name}`, message].join(' '),
  ),
];

const textOf = ({message, evidence = []}: Finding): string => [message, ...evidence].join('; ');

/**
 * Whether `part` is in `whole`: each key of its mappings, with the same in it, and each item of its
 * lists in its place. `null` stands for nothing there.
 */
export function isPartOf(part: Json | undefined, whole: Json | undefined): boolean {
  if (part === null) return whole === undefined || whole === null;
  if (isList(part)) {
    return (
      isList(whole) &&
      part.length === whole.length &&
      part.every((item, index) => isPartOf(item, whole[index]))
    );
  }
  if (!isMap(part)) return isSameJson(part, whole);
  return isMap(whole) && Object.keys(part).every(key => isPartOf(part[key], whole[key]));
}

/** Tells whether a cluster with these manifests admits `client → server 53/UDP`. */
export function reachIn(manifests: string): (connection: string) => boolean {
  const cluster = new Cluster(manifests, 'release');
  const end = (name: string): End => (/^[0-9a-f.:]+$/.test(name) ? name : cluster.pod(name));
  return connection => {
    const [, from, to, port, protocol] = /^(\S+) → (\S+) (\d+)(?:\/(\w+))?$/.exec(connection) ?? [];
    if (from === undefined || to === undefined) throw new Error(`no connection: ${connection}`);
    return cluster.admits(end(from), end(to), Number(port), protocol);
  };
}
