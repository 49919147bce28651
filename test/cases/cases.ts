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

/** The names of the folders in `test/cases`: see README.md there. */
export const caseNames: readonly string[] = readdirSync(casesFolder, {withFileTypes: true})
  .filter(entry => entry.isDirectory())
  .map(({name}) => name)
  .sort();

/** The content of `expected.yaml`. Missing keys check nothing. */
export interface Expectation {
  /** What is right, in a sentence. */
  readonly right: string;
  /** By rule and place (`Kind/name`, or `Kind/name container`): the outcome of its findings. */
  readonly findings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Findings or notes that must exist. */
  readonly says?: readonly {readonly rule: string; readonly at: string; readonly text: string}[];
  /** Texts that no finding and no note may contain. */
  readonly 'never-says'?: readonly string[];
  /** Parts of objects in the output; `null` is a field that is absent. */
  readonly output?: readonly Json[];
  /** `Kind/name` of objects that the output must not have. */
  readonly without?: readonly string[];
  /**
   * Connections of the pods that the policies in the output admit, or refuse: `client → server
   * 53/UDP`.
   */
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
  /** Other pods in the cluster, and namespaces with their labels. */
  readonly neighbours: string;
  readonly policy: Policy;
}

/** Reads a folder in `test/cases`. Without a `kube-harden.yaml` the policy is the default. */
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

/** The outcome of all findings of `rule`, by place: different outcomes are joined by commas. */
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

/** Everything that is reported: one line per finding or note. */
export const told = ({findings, notes}: Hardened): readonly string[] => [
  ...findings.map(finding => `${finding.rule} ${placeOf(finding)} ${textOf(finding)}`),
  ...notes.map(({rule, resource, message}) =>
    [rule, `${resource.kind}/${resource.name}`, message].join(' '),
  ),
];

const textOf = ({message, evidence = []}: Finding): string => [message, ...evidence].join('; ');

/**
 * Whether `whole` contains `part`: each key of its mappings with the same content, and each item of
 * its lists at the same index. `null` stands for a missing field.
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

/** Whether a cluster with these manifests admits `client → server 53/UDP`. */
export function reachIn(manifests: string): (connection: string) => boolean {
  const cluster = new Cluster(manifests, 'release');
  const end = (name: string): End => (/^[0-9a-f.:]+$/.test(name) ? name : cluster.pod(name));
  return connection => {
    const [, from, to, port, protocol] = /^(\S+) → (\S+) (\d+)(?:\/(\w+))?$/.exec(connection) ?? [];
    if (from === undefined || to === undefined) throw new Error(`no connection: ${connection}`);
    return cluster.admits(end(from), end(to), Number(port), protocol);
  };
}
