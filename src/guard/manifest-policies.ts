import type {JsonMap} from '../json.ts';
import type {Policy} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {activeRules} from '../rules/index.ts';
import {type Allowance, allowancesOf, isLive, mayMatch, unseenKeys} from './allowance.ts';
import {checks} from './checks/index.ts';
import {evidenceVariables, sortedByEvidence} from './evidence.ts';
import {conditionOf, ownersVariable} from './exception.ts';
import {celAnd, celList, celMatches, celNot, celString} from './language/cel.ts';
import {asksAt, type SettledCheck, settledAt} from './language/check.ts';
import {type AdmissionPolicy, notExcluded} from './objects.ts';
import {type Shape, shapes} from './shape.ts';
import {isNewOrChanged, itemsOf, podVariablesOf} from './subjects.ts';

/** An allowance, with the CEL that is true for an object that it matches. */
interface Waiver extends Allowance {
  readonly condition: string;
}

/**
 * The admission policies that find in a cluster what `policy` finds in a stream. For each shape of
 * objects there is one for what render rewrites, which can never come from the pipeline, and one
 * for what it only flags because there is no rewrite or no decision.
 */
export function manifestPolicies(
  policy: Policy,
  today: string,
  excludedGroups: readonly string[],
): readonly AdmissionPolicy[] {
  const allowances = allowancesOf(policy).filter(
    each => isLive(each, today) && mayMatch(each) && unseenKeys(each).length === 0,
  );
  const demanded = new Set(activeRules(policy).map(({id}) => id));
  const active = checks
    .filter(check => demanded.has(check.rule) && asksAt(check, policy.podSecurityMinor))
    .map(check => settledAt(check, policy.podSecurityMinor));
  const isRewritten = ({rule, outcome}: SettledCheck): boolean =>
    outcome === 'rewritten' && policy.rules.get(rule) === 'fix';
  return shapes.flatMap(shape => {
    const concerned = active.filter(({subject}) => shape.subjects.includes(subject));
    const asked = shape.isManual ? concerned : sortedByEvidence(concerned, policy);
    return [
      {outcome: 'rewritten', checks: asked.filter(isRewritten)} as const,
      {outcome: 'flagged', checks: asked.filter(check => !isRewritten(check))} as const,
    ]
      .filter(part => part.checks.length > 0)
      .map(part => policyFor(shape, part, allowances, excludedGroups));
  });
}

function policyFor(
  shape: Shape,
  {outcome, checks}: {outcome: AdmissionPolicy['outcome']; checks: readonly SettledCheck[]},
  allowances: readonly Allowance[],
  excludedGroups: readonly string[],
): AdmissionPolicy {
  const waivers = allowances.flatMap(allowance => {
    const condition = conditionOf(allowance, shape);
    return condition === undefined ? [] : {...allowance, condition};
  });
  const validations = checks.map(check => validationOf(check, waiversOf(check, waivers)));
  const variables = neededOf(variablesOf(shape, checks, waivers), validations);
  const readsAnnotations = variables.some(({name}) => name === 'annotations');
  return {
    name: `kube-harden-${shape.name}${outcome === 'flagged' ? '-flagged' : ''}`,
    outcome,
    rules: shape.rules,
    matchConditions: [
      {name: 'is-new-or-changed', expression: isNewOrChanged(shape, readsAnnotations)},
      ...exempt(shape),
      ...notExcluded(excludedGroups),
    ],
    variables,
    validations,
  };
}

const exempt = ({exemptUsers = []}: Shape): readonly JsonMap[] =>
  exemptUsers.length === 0
    ? []
    : [
        {
          name: 'is-not-of-the-cluster-itself',
          expression: celNot(`request.userInfo.username in ${celList(exemptUsers)}`),
        },
      ];

const waiversOf = (check: SettledCheck, waivers: readonly Waiver[]): readonly Waiver[] =>
  waivers.filter(({rules}) => rules.includes(check.rule));

function variablesOf(
  shape: Shape,
  checks: readonly SettledCheck[],
  waivers: readonly Waiver[],
): ReadonlyMap<string, string> {
  const variables = new Map(podVariablesOf(shape));
  variables.set('owners', ownersVariable);
  if (shape.containers !== undefined) {
    for (const [name, cel] of evidenceVariables) variables.set(name, cel);
  }
  for (const {variable, condition} of waivers) variables.set(variable, condition);
  for (const check of checks) {
    for (const [name, cel] of Object.entries(check.variables ?? {})) variables.set(name, cel);
    const names = namesOf(check, waiversOf(check, waivers));
    if (names !== undefined) variables.set(check.name, names);
  }
  return variables;
}

/** CEL for the names of the items at fault; undefined if it is the object as a whole. */
function namesOf(
  {subject, finds, isOfPod}: SettledCheck,
  waivers: readonly Waiver[],
): string | undefined {
  const items = itemsOf(subject);
  if (items === undefined) return undefined;
  const {list, item, name, isContainer} = items;
  const excepted = waivers
    .filter(
      ({match: {container, image}}) =>
        isContainer && !isOfPod && (container !== undefined || image !== undefined),
    )
    .filter(({match: {image}}) => image === undefined || subject === 'container')
    .map(({match: {container, image}, variable}) =>
      celAnd([
        `variables.${variable}`,
        celMatches(name, container),
        celMatches(`${item}.?image.orValue('')`, image),
      ]),
    );
  const terms = excepted.length === 0 ? [finds] : [`(${finds})`, ...excepted.map(celNot)];
  return `${list}.filter(${item}, ${terms.join(' && ')}).map(${item}, ${name})`;
}

function validationOf(check: SettledCheck, waivers: readonly Waiver[]): JsonMap {
  const items = itemsOf(check.subject);
  const holds = items === undefined ? celNot(check.finds) : `variables.${check.name}.size() == 0`;
  const excepted = waivers
    .filter(waiver => coversObject(waiver, check))
    .map(({variable}) => `variables.${variable}`);
  const message = `${check.rule}: ${check.remedy}`;
  return {
    expression: [...excepted, holds].join(' || '),
    message,
    ...(items === undefined
      ? {}
      : {
          messageExpression: `${celString(`${message} Found in ${items.noun}: `)} + variables.${check.name}.join(', ')`,
        }),
    reason: 'Forbidden',
  };
}

/**
 * Whether an exception allows everything that a check finds in an object, not only in a container.
 */
const coversObject = ({match}: Waiver, {subject, isOfPod}: SettledCheck): boolean =>
  match.image === undefined &&
  (itemsOf(subject)?.isContainer && !isOfPod
    ? match.container === undefined
    : matches(match.container, ''));

/** The variables that a validation needs, or that another needed one does. */
function neededOf(
  variables: ReadonlyMap<string, string>,
  validations: readonly JsonMap[],
): AdmissionPolicy['variables'] {
  const texts = validations.map(({expression}) => String(expression));
  const needed: {name: string; expression: string}[] = [];
  for (const [name, expression] of [...variables].reverse()) {
    const use = new RegExp(`variables\\.${name}\\b`);
    if (!texts.some(text => use.test(text))) continue;
    texts.push(expression);
    needed.unshift({name, expression});
  }
  return needed;
}
