import type {JsonMap} from '../json.ts';
import {matches, type Policy} from '../policy/policy.ts';
import {type Allowance, allowancesOf, isLive, mayMatch} from './allowance.ts';
import {celAnd, celList, celMatches, celNot, celString} from './cel.ts';
import type {Check} from './check.ts';
import {checks} from './checks/index.ts';
import {conditionOf, ownersVariable} from './exception.ts';
import {type AdmissionPolicy, notExcluded} from './objects.ts';
import {type Shape, shapes} from './shape.ts';

/** An allowance, with the CEL that is true of an object that it means. */
interface Waiver extends Allowance {
  readonly condition: string;
}

/**
 * The admission policies that find in a cluster what `policy` finds in a stream: for each shape of
 * objects one for what a render rewrites, which thus never comes from the pipeline, and one for
 * what it only flags.
 */
export function manifestPolicies(
  policy: Policy,
  today: string,
  excludedGroups: readonly string[],
): readonly AdmissionPolicy[] {
  const allowances = allowancesOf(policy).filter(each => isLive(each, today) && mayMatch(each));
  const active = checks.filter(
    ({rule, applies}) => policy.rules.has(rule) && (applies?.(policy) ?? true),
  );
  const isRewritten = ({rule, outcome}: Check): boolean =>
    outcome === 'rewritten' && policy.rules.get(rule) === 'fix';
  return shapes.flatMap(shape => {
    const asked = active.filter(({subject}) => shape.subjects.includes(subject));
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
  {outcome, checks}: {outcome: AdmissionPolicy['outcome']; checks: readonly Check[]},
  allowances: readonly Allowance[],
  excludedGroups: readonly string[],
): AdmissionPolicy {
  const waivers = allowances.flatMap(allowance => {
    const condition = conditionOf(allowance, shape);
    return condition === undefined ? [] : {...allowance, condition};
  });
  const validations = checks.map(check => validationOf(check, waiversOf(check, waivers)));
  return {
    name: `kube-harden-${shape.name}${outcome === 'flagged' ? '-flagged' : ''}`,
    outcome,
    rules: shape.rules,
    matchConditions: [changes(shape), ...exempt(shape), ...notExcluded(excludedGroups)],
    variables: neededOf(variablesOf(shape, checks, waivers), validations),
    validations,
  };
}

/** What an update leaves as it was is no news: a scaled, labelled or finalized object goes on. */
const changes = ({part}: Shape): JsonMap => {
  const steps = part.split('.');
  const path = steps.map(step => `.?${step}`).join('');
  return {
    name: 'is-new-or-changed',
    expression: `oldObject == null || object${path} != oldObject${path}`,
  };
};

const exempt = ({exemptUsers = []}: Shape): readonly JsonMap[] =>
  exemptUsers.length === 0
    ? []
    : [
        {
          name: 'is-not-of-the-cluster-itself',
          expression: celNot(`request.userInfo.username in ${celList(exemptUsers)}`),
        },
      ];

const waiversOf = (check: Check, waivers: readonly Waiver[]): readonly Waiver[] =>
  waivers.filter(({rules}) => rules.includes(check.rule));

function variablesOf(
  shape: Shape,
  checks: readonly Check[],
  waivers: readonly Waiver[],
): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  if (shape.containers !== undefined) {
    variables.set('pod', `object.${shape.part}`);
    variables.set('containers', shape.containers);
    variables.set('hostPaths', hostPaths);
  }
  variables.set('owners', ownersVariable);
  for (const {variable, condition} of waivers) variables.set(variable, condition);
  for (const check of checks) {
    for (const [name, cel] of Object.entries(check.variables ?? {})) variables.set(name, cel);
    const names = namesOf(check, waiversOf(check, waivers));
    if (names !== undefined) variables.set(check.name, names);
  }
  return variables;
}

/** Volumes that are a place on the node: absolute, without empty steps and `.`. */
const hostPaths =
  "variables.pod.?volumes.orValue([]).filter(v, has(v.hostPath)).map(v, {'name': string(v.name), 'place': '/' + v.hostPath.path.split('/').filter(s, s != '' && s != '.').join('/')})";

/** CEL for the names of the containers or volumes at fault; undefined where it is the object. */
function namesOf({subject, finds}: Check, waivers: readonly Waiver[]): string | undefined {
  if (subject === 'hostPath') return `variables.hostPaths.filter(h, ${finds}).map(h, h.name)`;
  if (subject !== 'container') return undefined;
  const excepted = waivers
    .filter(({match}) => match.container !== undefined)
    .map(({match, variable}) =>
      celAnd([`variables.${variable}`, celMatches('c.name', match.container)]),
    );
  const terms = excepted.length === 0 ? [finds] : [`(${finds})`, ...excepted.map(celNot)];
  return `variables.containers.filter(c, ${terms.join(' && ')}).map(c, c.name)`;
}

function validationOf(check: Check, waivers: readonly Waiver[]): JsonMap {
  const isListed = check.subject === 'container' || check.subject === 'hostPath';
  const holds = isListed ? `variables.${check.name}.size() == 0` : celNot(check.finds);
  const excepted = waivers
    .filter(waiver => coversObject(waiver, check))
    .map(({variable}) => `variables.${variable}`);
  const message = `${check.rule}: ${check.message}`;
  return {
    expression: [...excepted, holds].join(' || '),
    message,
    ...(isListed
      ? {messageExpression: `${celString(`${message} `)} + variables.${check.name}.join(', ')`}
      : {}),
    reason: 'Forbidden',
  };
}

/** Whether an exception allows all that a check finds in an object, not only in a container. */
const coversObject = ({match}: Waiver, {subject}: Check): boolean =>
  subject === 'container' ? match.container === undefined : matches(match.container, '');

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
