import {Checker} from './check/check.ts';
import {concernOf} from './check/concern.ts';
import type {CheckedResource, Verdict} from './check/verdict.ts';
import {applyEdits} from './edits.ts';
import {StreamFacts} from './evidence/stream-facts.ts';
import {changeLines} from './findings/change-lines.ts';
import {type Finding, isUndecided} from './findings/finding.ts';
import {resultsIn} from './findings/krm-results.ts';
import {FindingPlacer, settled} from './findings/place-findings.ts';
import {type JsonMap, valueAt} from './json.ts';
import type {Instance} from './kubernetes/live/instances.ts';
import type {Resource} from './kubernetes/resource.ts';
import {StreamIndex} from './kubernetes/stream-index.ts';
import {
  ExceptionBook,
  isInForce,
  type StaleException,
  staleConnections,
} from './policy/exceptions.ts';
import type {Policy} from './policy/policy.ts';
import type {Addition} from './rules/rule.ts';
import {Ambiguities} from './stream/ambiguities.ts';
import {knowingDefined} from './stream/defined-kinds.ts';
import {editStream, type Replacement} from './stream/edit-stream.ts';
import {type ManifestStream, type ObjectStream, readStream} from './stream/manifest-stream.ts';
import {isFromHelm} from './stream/template.ts';
import {editedText, type TextEdit} from './text/text-edit.ts';
import {hasContent} from './yaml/nodes.ts';

/** The findings in a stream, and their outcome. */
export interface Told {
  /** In the order of their objects; for one object, findings about the whole stream come last. */
  readonly findings: readonly Finding[];
  /** The notes, which are not mistakes, in the order of the objects. */
  readonly notes: readonly Finding[];
  readonly summary: Summary;
  readonly staleExceptions: readonly StaleException[];
}

export interface Hardened extends Told {
  /** The text of the stream: everything without a rewrite is unchanged, byte for byte. */
  readonly text: string;
}

export interface Summary {
  readonly documents: number;
  readonly resources: number;
  readonly findings: number;
  readonly fixed: number;
  /** Neither fixed nor excepted. */
  readonly remaining: number;
  readonly excepted: number;
  /** What the user must decide: rewrites that wait, and clients that wait or are cut off. */
  readonly undecided: number;
  /** In an audit with a baseline: those that it has. */
  readonly known?: number;
}

/**
 * Hardens a rendered stream according to `policy`. Text in, text out: it reads nothing but `text`,
 * and the same input gives the same output.
 *
 * `file` is the input's name in findings and errors; `today` (YYYY-MM-DD in UTC) is compared with
 * the expiry dates of exceptions.
 *
 * @throws {UsageError} if Kubernetes would refuse the text, with document, line and column
 */
export function harden(text: string, file: string, policy: Policy, today?: string): Hardened {
  const {edits, ...told} = hardenStream(readStream(text, file, concernOf(policy)), policy, today);
  return {text: editedText(text, edits), ...settledTold(told)};
}

/** As `harden`, for a parsed stream: what is told, which keeps the stream in memory, and the edits of its text, in order. */
export function hardenStream(
  stream: ManifestStream,
  policy: Policy,
  today?: string,
): Told & {readonly edits: readonly TextEdit[]} {
  const {checked, placed, told} = judge(stream, policy, today);
  const edits = editStream(stream, {
    replacements: replacementsOf(checked),
    additions: additionsOf(checked),
    results: stream.resourceList === undefined ? [] : resultsIn(checked, placed),
  });
  return {edits, ...told};
}

/** What `hardenStream` makes of the objects of a stream, and the objects that it adds. */
export function hardenObjects(
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): {
  readonly objects: readonly Pick<CheckedResource, 'resource' | 'hardened'>[];
  readonly added: readonly JsonMap[];
  readonly told: Told;
} {
  const {checked, told} = judge(stream, policy, today);
  const added = additionsOf(checked).map(({value}) => value);
  return {objects: checked, added, told: settledTold(told)};
}

/** The result of `hardenStream` without the text. */
export const examineStream = (stream: ObjectStream, policy: Policy, today?: string): Told =>
  settledTold(judge(stream, policy, today).told);

/**
 * The result of an audit: as `harden`, but nothing is rewritten. What would be rewritten is
 * flagged, with the disposition `would-fix`.
 *
 * @throws {UsageError} as `harden`
 */
export const audit = (text: string, file: string, policy: Policy, today?: string): Told =>
  auditStream(readStream(text, file, concernOf(policy)), policy, today);

/** As `audit`, for a parsed stream. */
export const auditStream = (stream: ObjectStream, policy: Policy, today?: string): Told =>
  asAudit(examineStream(stream, policy, today));

/** As `auditStream`, and for each finding, in order, what its rewrite changes, or would change if it did not wait, as the lines of a diff. */
export function auditWithChanges(
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): Told & {readonly changes: readonly (readonly string[])[]} {
  const {checked, told} = judge(stream, policy, today);
  return {...asAudit(settledTold(told)), changes: checked.flatMap(changesIn)};
}

const changesIn = ({
  resource: {value: object},
  hardened,
  verdicts,
}: CheckedResource): readonly (readonly string[])[] =>
  verdicts
    .filter(({status}) => status !== 'noted')
    .map(({status, waits, violation: {path, addition, edits = []}}) => {
      if (status === 'fixed' || waits) {
        // A rewrite that waits is shown alone: it is made only if the user decides so.
        const after = waits ? applyEdits(object, edits) : hardened;
        return changeLines({object, path, after: valueAt(after, path), added: addition?.value});
      }
      const value = valueAt(object, path);
      // What is not rewritten is shown if it is one value: an object as a whole may hold secrets.
      return typeof value === 'object' ? [] : changeLines({object, path, after: value});
    });

function asAudit({findings, summary, ...told}: Told): Told {
  const {fixed, remaining, ...counts} = summary;
  return {
    ...told,
    findings: findings.map(unmade),
    summary: {...counts, fixed: 0, remaining: remaining + fixed},
  };
}

/** A finding with the verdict that it shows, and the object at fault. */
export interface JudgedFinding {
  readonly finding: Finding;
  readonly verdict: Verdict;
  readonly resource: Resource;
}

/** The findings of an audit, in its order, with what is known about each. */
export function judgedFindings(
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): readonly JudgedFinding[] {
  const {checked, placed} = judge(stream, policy, today);
  return checked.flatMap(({resource, verdicts}, object) =>
    verdicts.flatMap((verdict, index) => {
      const finding = placed[object]?.[index];
      return finding === undefined || finding.status === 'noted'
        ? []
        : [{finding: settled(finding), verdict, resource}];
    }),
  );
}

/** A finding whose rewrite has not been made. */
function unmade(finding: Finding): Finding {
  if (finding.status !== 'fixed') return finding;
  const {after: _, ...rest} = finding;
  return {...rest, status: 'flagged', disposition: 'would-fix'};
}

const settledTold = <T extends Pick<Told, 'findings' | 'notes'>>(told: T): T => ({
  ...told,
  findings: told.findings.map(settled),
  notes: told.notes.map(settled),
});

interface Judged {
  readonly checked: readonly CheckedResource[];
  /** The findings and notes of each object, in the order of its verdicts. */
  readonly placed: readonly (readonly Finding[])[];
  readonly told: Told;
}

function judge(stream: ObjectStream, given: Policy, today: string | undefined): Judged {
  const policy = knowingDefined(given, stream);
  const exceptions = new ExceptionBook(policy, today);
  const index = new StreamIndex(stream.resources, policy.workloads);
  const checked = checkStream({...stream, index}, policy, exceptions, today);
  const placer = new FindingPlacer(stream, policy);
  const placed = checked.map(result => placer.place(result));
  const all = placed.flat();
  const findings = all.filter(({status}) => status !== 'noted');
  const told = {
    findings,
    notes: all.filter(({status}) => status === 'noted'),
    summary: summarize(stream, all),
    staleExceptions: [...exceptions.stale(), ...uselessConnections(index, policy)],
  };
  return {checked, placed, told};
}

/** The connections that `policy` declares for workloads that are not in the stream. */
function uselessConnections(
  stream: StreamIndex,
  {networkPolicy: {connections}, rules, workloads}: Policy,
): readonly StaleException[] {
  if (connections.length === 0 || !rules.has('require-network-policy')) return [];
  return staleConnections(connections, stream.workloads, workloads);
}

/** A stream with the index of its original objects. */
interface IndexedStream extends ObjectStream {
  readonly index: StreamIndex;
}

/** What `policy` finds in each object of the stream, and the rewritten objects. */
export function checkStream(
  stream: IndexedStream,
  policy: Policy,
  exceptions: ExceptionBook,
  today?: string,
): readonly CheckedResource[] {
  const exposed = policy.exposed.filter(exposure => isInForce(exposure, today));
  const isTrusting = policy.trustAnnotations.length > 0 && !isFromHelm(stream);
  const trustAnnotations = isTrusting ? policy.trustAnnotations : [];
  const checker = new Checker(
    {
      policy: {...policy, exposed, trustAnnotations},
      stream: stream.index,
      ambiguities: new Ambiguities(stream),
    },
    exceptions,
    new StreamFacts(stream.index, stream.documents),
  );
  const checked = checker.checkStream(stream.resources.map(resource => checker.check(resource)));
  if (stream.instances === undefined) return checked;
  return [...checked, ...differing(checked, stream.instances, checker)];
}

/** The instances in which something is wrong that is not wrong in the objects they were made from, each once. */
function* differing(
  checked: readonly CheckedResource[],
  instances: readonly Instance[],
  checker: Checker,
): Iterable<CheckedResource> {
  const known = new Map(
    checked.map(({resource, verdicts}) => [resource, new Set(verdicts.map(keyOf))]),
  );
  for (const {resource, of} of instances) {
    const seen = known.get(of);
    const result = checker.check(resource);
    const verdicts = result.verdicts.filter(
      each => each.status !== 'noted' && seen?.has(keyOf(each)) !== true,
    );
    for (const verdict of verdicts) seen?.add(keyOf(verdict));
    if (verdicts.length > 0) yield {...result, verdicts};
  }
}

/** What is wrong in which container: the path of a field differs between a template and a pod. */
const keyOf = ({rule, violation: {container = '', message}}: Verdict): string =>
  JSON.stringify([rule.id, container, message]);

const replacementsOf = (checked: readonly CheckedResource[]): readonly Replacement[] =>
  checked
    .filter(({resource, hardened}) => hardened !== resource.value)
    .map(({resource, hardened}) => ({...resource, value: hardened}));

/** The objects that the rewrites add to the stream. */
export const additionsOf = (checked: readonly CheckedResource[]): readonly Addition[] =>
  checked
    .flatMap(({verdicts}) => verdicts.filter(({status}) => status === 'fixed'))
    .flatMap(({violation}) => violation.addition ?? []);

function summarize(
  {inputs, documents, resources, unread}: ObjectStream,
  placed: readonly Finding[],
): Summary {
  const count = (status: Finding['status']) =>
    placed.filter(finding => finding.status === status).length;
  const isLive = inputs.some(input => input.isLive);
  return {
    documents: isLive ? resources.length : documents.filter(hasContent).length + unread,
    resources: resources.length + unread,
    findings: placed.length - count('noted'),
    fixed: count('fixed'),
    remaining: count('flagged'),
    excepted: count('excepted'),
    undecided: placed.filter(isUndecided).length,
  };
}
