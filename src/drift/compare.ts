import {type Severity, severities, worseOf} from '../severity.ts';
import {accountChanges} from './account-changes.ts';
import {admissionChanges} from './admission-changes.ts';
import {covering, partsOf} from './came-first.ts';
import type {Change, ListChange} from './change.ts';
import {exposureRules} from './exposure.ts';
import {grantChanges} from './grant-changes.ts';
import {grantRules} from './grants.ts';
import {imageChanges} from './image-changes.ts';
import {type Aspect, aspects, type Fact, type ObjectFacts, type Posture} from './posture.ts';
import {initMark, privilegeRules} from './privileges.ts';
import {reachChanges} from './reach-changes.ts';

/**
 * What got worse and what got better from one posture to another: the worst first. A change that is
 * neither, such as an image with another tag, is left out.
 */
export function changesBetween(before: Posture, after: Posture): readonly Change[] {
  const titles = [...new Set([...before.objects.keys(), ...after.objects.keys()])];
  const changes = [
    ...titles.flatMap(title => [
      ...objectChanges(title, before.objects.get(title), after.objects.get(title)),
    ]),
    ...[...plainChanges(before.exceptions, after.exceptions)].map(
      (change): Change => ({...change, about: 'exceptions'}),
    ),
    ...findingChanges(before, after),
  ];
  return changes.sort(inOrder);
}

function* objectChanges(
  object: string,
  before: ObjectFacts | undefined,
  after: ObjectFacts | undefined,
): Iterable<Change> {
  if (after === undefined && before !== undefined && isWorkload(before)) {
    const severity = aspects
      .flatMap(aspect => before.facts[aspect])
      .reduce((worst: Severity, fact) => worseOf(worst, fact.severity), 'low');
    yield {direction: 'better', severity, about: 'object', object, text: 'is gone'};
    return;
  }
  if (before === undefined && after !== undefined && isWorkload(after)) {
    yield {direction: 'worse', severity: 'low', about: 'object', object, text: 'is new'};
  }
  for (const about of aspects) {
    const known = before?.facts[about] ?? [];
    // The images of a new object are no change of an image.
    if (before === undefined && about === 'images') continue;
    for (const change of comparisons[about](known, after?.facts[about] ?? [])) {
      const isOrdinary = before === undefined && about === 'account' && change.severity === 'low';
      if (!isOrdinary) yield {...change, about, object};
    }
  }
}

/** Only workloads are listed for their own sake, and other objects for what they open, grant or check. */
const isWorkload = ({facts}: ObjectFacts): boolean =>
  facts.images.length + facts.privileges.length + facts.reachableFrom.length > 0 ||
  aspects.every(aspect => facts[aspect].length === 0 || ofWorkloads.includes(aspect));

const ofWorkloads: readonly Aspect[] = ['account', 'connectsTo'];

type Comparison = (before: readonly Fact[], after: readonly Fact[]) => Iterable<ListChange>;

/** Facts of which each makes things worse by itself. */
function* plainChanges(before: readonly Fact[], after: readonly Fact[]): Iterable<ListChange> {
  const known = new Map(before.map(({text, severity}) => [text, severity]));
  for (const {text, severity} of after) {
    const former = known.get(text);
    known.delete(text);
    if (former === severity) continue;
    if (former === undefined) yield {direction: 'worse', severity, text};
    else {
      const direction = worseOf(former, severity) === severity ? 'worse' : 'better';
      yield {direction, severity, text: `${text} (was ${former})`};
    }
  }
  for (const [text, severity] of known) yield {direction: 'better', severity, text};
}

const comparisons: {readonly [aspect in Aspect]: Comparison} = {
  images: imageChanges,
  privileges: privilegeChanges,
  account: accountChanges,
  exposure: plainChanges,
  leadsTo: reachChanges,
  reachableFrom: reachChanges,
  connectsTo: reachChanges,
  grants: grantChanges,
  admission: admissionChanges,
};

/** What an init container may do for a while, one that runs may do, too. */
function* privilegeChanges(before: readonly Fact[], after: readonly Fact[]): Iterable<ListChange> {
  const running = {
    worse: new Set(before.map(({text}) => text)),
    better: new Set(after.map(({text}) => text)),
  };
  for (const change of plainChanges(before, after)) {
    const {direction, text} = change;
    const isCovered =
      text.endsWith(initMark) && running[direction].has(text.slice(0, -initMark.length));
    if (!isCovered) yield change;
  }
}

/** The rules whose findings other facts tell, in better words. */
const toldOtherwise: ReadonlySet<string> = new Set([
  ...privilegeRules,
  ...exposureRules,
  ...grantRules,
  'no-open-network-policy',
  'pin-images',
  'require-network-policy',
]);

/** The other findings; those of an object that is gone are gone with it. */
function* findingChanges(before: Posture, after: Posture): Iterable<Change> {
  const isTold = ({text}: Fact) => !toldOtherwise.has(ruleIn(text));
  const changes = plainChanges(before.findings.filter(isTold), after.findings.filter(isTold));
  const isCovered = {worse: covering(before.findings), better: covering(after.findings)};
  for (const change of changes) {
    const {rule, object, rest} = partsOf(change.text);
    const isGone = before.objects.has(object) && !after.objects.has(object);
    if (isGone || isCovered[change.direction](change.text)) continue;
    yield {...change, about: 'findings', object, text: `${rule} ${rest}`.trim()};
  }
}

const ruleIn = (fingerprint: string): string => fingerprint.split(' ', 1)[0] ?? '';

/** The title of the object in a fingerprint. */
export const objectIn = (fingerprint: string): string => partsOf(fingerprint).object;

/** What got worse first, by severity, then by object and text. */
function inOrder(one: Change, other: Change): number {
  if (one.direction !== other.direction) return one.direction === 'worse' ? -1 : 1;
  const bySeverity = severities.indexOf(other.severity) - severities.indexOf(one.severity);
  if (bySeverity !== 0) return bySeverity;
  return byText(one.object ?? '', other.object ?? '') || byText(one.text, other.text);
}

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
