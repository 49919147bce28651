import {type CheckedResource, severityOf, type Verdict} from '../check/verdict.ts';
import {Fingerprints, numbered} from '../findings/fingerprints.ts';
import {hashOf} from '../findings/subject.ts';
import {checkStream} from '../harden.ts';
import {toPointer} from '../json.ts';
import {hookOf} from '../kubernetes/hook.ts';
import {type PodSpec, podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {StableNames} from '../kubernetes/stable-names.ts';
import {StreamIndex} from '../kubernetes/stream-index.ts';
import {WorkLimit} from '../kubernetes/work-limit.ts';
import {ExceptionBook} from '../policy/exceptions.ts';
import type {Policy} from '../policy/policy.ts';
import {rules} from '../rules/index.ts';
import {type Severity, worseOf} from '../severity.ts';
import {knowingDefined} from '../stream/defined-kinds.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {grouped} from '../text/grouped.ts';
import {AccountWords} from './accounts.ts';
import {admissionOf} from './admission.ts';
import {exceptionFacts} from './exception-facts.ts';
import {exposureOf} from './exposure.ts';
import {GrantWords, lineCost, type SeverityAt} from './grants.ts';
import {imagesOf} from './images.ts';
import {leadsOf} from './leads.ts';
import {aspects, type Fact, type FoundFact, type ObjectFacts, type Posture} from './posture.ts';
import {PrivilegeWords} from './privileges.ts';
import {type Reach, reachOf} from './reach.ts';

/**
 * What matters for security in a stream: whatever the profile, all rules are asked. The exceptions
 * are those of `policy`.
 *
 * @throws {UsageError} if the stream is too large to be examined
 */
export function postureOf(stream: ObjectStream, given: Policy, today?: string): Posture {
  const policy = knowingDefined(given, stream);
  const asking = askingAll(policy);
  const index = new StreamIndex(stream.resources, policy.workloads);
  const exceptions = new ExceptionBook(asking, today);
  const checked = checkStream({...stream, index}, asking, exceptions, today);
  const release = stream.inputs[0]?.release;
  const names = new StableNames(stream.resources, release);
  const fingerprints = new Fingerprints(names);
  const size = new WorkLimit(mostText, tooMuchText);
  const grants = new GrantWords(names, size);
  const severities = new Map(checked.map(each => [each.resource, worst(each.verdicts) ?? 'low']));
  const severityIn = (resource: Resource) => severities.get(resource) ?? 'low';
  const accounts = new AccountWords(index, names, severityIn);
  const leads = leadsOf(index, names);
  const reach = reachIn(index, names, policy);
  const objects = new Map<string, ObjectFacts>();
  const titles = new Map<string, number>();
  const findings: FoundFact[] = [];
  const owners = new Map(stream.instances?.map(({resource, of}) => [resource, of]));
  const instances = groupedByOwner(checked, owners);
  for (const {resource, verdicts} of checked) {
    if (owners.has(resource)) continue;
    const found = verdicts.filter(({status}) => status !== 'noted');
    for (const verdict of found) findings.push(foundFact(verdict, resource, fingerprints));
    const pods = podSpecsOf(resource, policy.workloads);
    const facts = sortedFacts(size, {
      images: imagesOf(resource, names, pods, policy.images),
      privileges: [
        ...privilegesOf(resource, found, names, pods),
        ...(instances.get(resource) ?? []).flatMap(each => [
          ...privilegesOf(
            each.resource,
            each.verdicts,
            names,
            podSpecsOf(each.resource, policy.workloads),
          ),
        ]),
      ],
      account: accounts.of(resource, pods),
      exposure: exposureOf(resource, worst(found.filter(({rule}) => rule.id === publicRule))),
      leadsTo: leads.get(resource) ?? [],
      ...(reach.get(resource) ?? {reachableFrom: [], connectsTo: []}),
      grants: grants.of(resource, severitiesIn(found)),
      admission: admissionOf(resource, names, severityIn(resource)),
    });
    const hasFacts = aspects.some(aspect => facts[aspect].length > 0);
    if (!hasFacts && pods.length === 0) continue;
    const title = numbered(cut(names.titleOf(resource)), titles);
    objects.set(title, {facts, isHook: hookOf(resource) !== undefined});
  }
  const exceptionsInForce = exceptionFacts(asking, exceptions.stale(), names);
  return {objects, exceptions: sorted(exceptionsInForce), findings};
}

/**
 * Who reaches the pods of hooks, and who those of all others, for which hooks do not count: they come and
 * go with each event.
 */
function reachIn(
  index: StreamIndex,
  names: StableNames,
  {workloads}: Policy,
): ReadonlyMap<Resource, Reach> {
  const reach = reachOf(index, names);
  const lasting = index.resources.filter(each => hookOf(each) === undefined);
  if (lasting.length === index.resources.length) return reach;
  return new Map([...reach, ...reachOf(new StreamIndex(lasting, workloads), names)]);
}

/**
 * What differs in the pods that controllers have made: it is a privilege of what they were made from, because
 * each pod has another name.
 */
function groupedByOwner(
  checked: readonly CheckedResource[],
  owners: ReadonlyMap<Resource, Resource>,
): ReadonlyMap<Resource, readonly CheckedResource[]> {
  const groups = new Map<Resource, CheckedResource[]>();
  for (const result of checked) {
    const owner = owners.get(result.resource);
    if (owner === undefined) continue;
    const same = groups.get(owner);
    if (same === undefined) groups.set(owner, [result]);
    else same.push(result);
  }
  return groups;
}

const publicRule = 'no-public-ingress';

/** `policy`, if it asked all rules and rewrote nothing. */
export const askingAll = (policy: Policy): Policy => ({
  ...policy,
  rules: new Map([...policy.rules.keys(), ...rules.map(({id}) => id)].map(id => [id, 'flag'])),
  waiting: new Set(),
  minSeverity: 'low',
});

const foundFact = (
  verdict: Verdict,
  resource: Resource,
  fingerprints: Fingerprints,
): FoundFact => ({
  text: fingerprints.of(verdict, resource),
  severity: severityOf(verdict),
  isExcepted: verdict.status === 'excepted',
});

function* privilegesOf(
  resource: Resource,
  found: readonly Verdict[],
  names: StableNames,
  pods: readonly PodSpec[],
): Iterable<Fact> {
  const words = new PrivilegeWords(resource, names, pods);
  yield* words.addedCapabilities();
  for (const verdict of found) {
    const text = words.of(verdict);
    if (text !== undefined) yield {text, severity: severityOf(verdict)};
  }
}

/** The severity of the worst; undefined if there is none. */
function worst(found: readonly Verdict[]): Severity | undefined {
  const [first, ...others] = found.map(severityOf);
  return first === undefined ? undefined : others.reduce(worseOf, first);
}

/** Returns the severity of the worst finding below a path of one to three steps, which only grants ask for. */
function severitiesIn(found: readonly Verdict[]): SeverityAt {
  let byPath: ReadonlyMap<string, Severity> | undefined;
  return path => {
    byPath ??= severitiesByPath(found);
    return byPath.get(toPointer(path)) ?? 'low';
  };
}

function severitiesByPath(found: readonly Verdict[]): ReadonlyMap<string, Severity> {
  const byPath = new Map<string, Severity>();
  for (const verdict of found) {
    for (const length of [1, 2, 3]) {
      const key = toPointer(verdict.violation.path.slice(0, length));
      byPath.set(key, worseOf(byPath.get(key) ?? 'low', severityOf(verdict)));
    }
  }
  return byPath;
}

/** Longer lines help nobody. A hash stands for the rest, so that a change in it is one of the line. */
const longestText = 500;

const cut = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, longestText)}… ${hashOf(text)}`;

type Facts = {readonly [aspect in keyof ObjectFacts['facts']]: Iterable<Fact>};

function sortedFacts(size: WorkLimit, facts: Facts): ObjectFacts['facts'] {
  const listed = (aspect: keyof Facts) => sorted(counted(facts[aspect], size));
  return {
    images: listed('images'),
    privileges: listed('privileges'),
    account: listed('account'),
    exposure: listed('exposure'),
    leadsTo: listed('leadsTo'),
    reachableFrom: listed('reachableFrom'),
    connectsTo: listed('connectsTo'),
    grants: listed('grants'),
    admission: listed('admission'),
  };
}

/**
 * How many characters there may be to say about the objects of one stream: accounts times roles, for example, are more than
 * the stream.
 */
const mostText = 30_000_000;
const tooMuchText = `there are more than ${grouped(mostText)} characters to say about the objects: look at part of the stream`;

function* counted(facts: Iterable<Fact>, size: WorkLimit): Iterable<Fact> {
  for (const fact of facts) {
    size.count(fact.text.length + lineCost);
    yield fact;
  }
}

/** Each once, with the worst severity, in the order of their texts. */
function sorted(facts: Iterable<Fact>): readonly Fact[] {
  const severities = new Map<string, Severity>();
  for (const {text, severity} of facts) {
    const line = cut(text);
    severities.set(line, worseOf(severities.get(line) ?? 'low', severity));
  }
  return [...severities.keys()].sort().map(text => ({
    text,
    severity: severities.get(text) ?? 'low',
  }));
}
