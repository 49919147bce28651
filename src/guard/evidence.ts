import type {Policy} from '../policy/policy.ts';
import {findRule} from '../rules/index.ts';
import {
  containerTwins,
  doubtTwins,
  podTwins,
  ruleTwins,
  serviceTwins,
  toldByImages,
  toldByOthers,
  twinVariables,
} from './evidence-twins.ts';
import type {Check, SettledCheck} from './language/check.ts';
import {itemsOf} from './subjects.ts';

const orOf = (terms: Readonly<Record<string, string | undefined>>): string =>
  Object.values(terms)
    .flatMap(term => (term === undefined ? [] : [`(${term})`]))
    .join(' || ');

/** CEL variables for what shows a need in a pod, as the table in `src/evidence` does. */
export const evidenceVariables: ReadonlyMap<string, string> = new Map([
  ...twinVariables,
  ['podNeeds', orOf(podTwins)],
  ['needy', `variables.containers.filter(c, ${orOf(containerTwins)}).map(c, c.name)`],
]);

/**
 * Whether rewrites of a rule may wait under `policy`, and a single object does not show which ones.
 */
export const waitsUnseen = (rule: string, policy: Policy): boolean =>
  mayWait(rule, policy) && isUnseen(rule);

const isUnseen = (rule: string): boolean => toldByOthers.includes(rule);

const mayWait = (rule: string, {waiting, rules}: Policy): boolean =>
  rules.get(rule) === 'fix' && waiting.has(rule);

/**
 * The checks of one pod under `policy`, each split into what render rewrites and what it lets pass
 * because of evidence. If a single object does not show the difference, all of it may pass.
 */
export function sortedByEvidence(
  checks: readonly SettledCheck[],
  policy: Policy,
): readonly SettledCheck[] {
  const needs = needsIn(checks);
  return checks.flatMap(check => sorted(check, policy, needs));
}

function sorted(check: SettledCheck, policy: Policy, needs: Needs): readonly SettledCheck[] {
  if (check.outcome !== 'rewritten' || !mayWait(check.rule, policy)) return [check];
  if (check.subject !== 'service' && !ofPods.includes(check.subject)) return [check];
  const against = [
    doubtAgainst(check, policy),
    evidenceAgainst(check),
    needAgainst(check, needs),
  ].flatMap(cel => cel ?? []);
  if (against.length === 0) return [check];
  const waiting = {
    ...check,
    name: `${check.name}InUse`,
    remedy: `If the workload needs it, add an exception to the policy; otherwise: ${check.remedy}`,
    outcome: 'flagged',
    variables: {...needs.variables, ...check.variables},
  } as const;
  if (against.includes('true')) return [waiting];
  const depends = `(${against.join(' || ')})`;
  return [
    {...check, finds: `(${check.finds}) && !${depends}`, variables: waiting.variables},
    {...waiting, finds: `(${check.finds}) && ${depends}`},
  ];
}

/** An init container that ends before the others start is checked on its own. */
const endsFirst =
  "variables.pod.?initContainers.orValue([]).exists(i, i.name == c.name && i.?restartPolicy.orValue('') != 'Always')";

const podNeeds = 'variables.podNeeds || variables.needy.size() > 0';
const containerNeeds = `variables.podNeeds || c.name in variables.needy || (variables.needy.size() > 0 && !${endsFirst})`;

const ofPods: readonly Check['subject'][] = [
  'container',
  'volume',
  'hostPath',
  'sysctl',
  'annotation',
  'pod',
];

/** CEL for what the rewrite would have to know; undefined if it knows everything. */
function doubtAgainst({rule, subject}: SettledCheck, {images}: Policy): string | undefined {
  if (images.isLocked && toldByImages.includes(rule)) return 'true';
  const doubt = Object.hasOwn(doubtTwins, rule) ? doubtTwins[rule] : undefined;
  if (doubt === undefined || doubt === 'true' || subject === 'container') return doubt;
  return anyOf([doubt]).join(' || ');
}

/** CEL for what speaks against the rewrite; undefined if nothing can. */
function evidenceAgainst(check: SettledCheck): string | undefined {
  const {rule, subject} = check;
  if (subject === 'service') return serviceTwins[rule];
  if (!ofPods.includes(subject)) return undefined;
  if (isUnseen(rule)) return 'true';
  const own = Object.hasOwn(ruleTwins, rule) ? (ruleTwins[rule] ?? []) : [];
  const terms = subject === 'container' || own.length === 0 ? own : anyOf(own);
  if (terms.includes('true')) return 'true';
  const taking = takenBy(check);
  const needs = subject === 'container' ? containerNeeds : podNeeds;
  const shown = taking === 'true' ? needs : `${taking} && (${needs})`;
  return (
    [...terms, ...(taking === undefined ? [] : [shown])].map(term => `(${term})`).join(' || ') ||
    undefined
  );
}

/** CEL for the findings of `check` whose rewrite takes something away; undefined if none does. */
const takenBy = ({rule, takes}: SettledCheck): string | undefined =>
  findRule(rule)?.rewrite?.effect === 'takes' ? 'true' : takes;

const anyOf = (terms: readonly string[]): readonly string[] => [
  terms.includes('true') ? 'true' : `variables.containers.exists(c, ${terms.join(' || ')})`,
];

/**
 * The CEL variable for whether there is any evidence of need in a pod, as in `PodNeeds` of
 * `src/check`.
 */
const needVariable = 'need';

/** The variables that checks need in addition to their own. */
interface Needs {
  readonly variables: Readonly<Record<string, string>>;
}

function needsIn(checks: readonly SettledCheck[]): Needs {
  const found: string[] = [];
  const variables: Record<string, string> = {};
  for (const check of checks) {
    const against = ofPods.includes(check.subject) ? evidenceAgainst(check) : undefined;
    if (against === undefined) continue;
    const items = itemsOf(check.subject);
    const isFound = `(${check.finds}) && (${against})`;
    found.push(items === undefined ? isFound : `${items.list}.exists(${items.item}, ${isFound})`);
    Object.assign(variables, check.variables);
  }
  if (found.length > 0) variables[needVariable] = found.join(' || ');
  return {variables};
}

/** CEL for evidence about the pod as a whole, where the rewrite of `check` takes something away. */
function needAgainst(check: SettledCheck, {variables}: Needs): string | undefined {
  const whole = takenBy(check);
  if (whole === undefined || !(needVariable in variables)) return undefined;
  const isAlone = check.subject === 'container' ? ` && !${endsFirst}` : '';
  const need = `variables.${needVariable}${isAlone}`;
  return whole === 'true' ? need : `${whole} && ${need}`;
}
