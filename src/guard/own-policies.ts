import {resourceOf} from '../admission/resources.ts';
import type {JsonMap} from '../json.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {placesOf} from '../kubernetes/pod-templates.ts';
import type {Policy, WrittenRule} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {reaches} from '../severity.ts';
import {type Allowance, allowancesOf, isLive, mayMatch} from './allowance.ts';
import {conditionOf} from './exception.ts';
import {celMatches} from './language/cel.ts';
import {type AdmissionPolicy, notExcluded} from './objects.ts';

/** The rules that a policy brings itself, and that are on. */
export const ownRulesOf = ({customRules, rules}: Policy): readonly WrittenRule[] =>
  customRules.flatMap(({id, written}) =>
    written === undefined || !rules.has(id) ? [] : [written],
  );

/** An admission policy for each rule that `policy` brings itself. */
export function ownPolicies(
  policy: Policy,
  today: string,
  excludedGroups: readonly string[],
): readonly AdmissionPolicy[] {
  const allowances = allowancesOf(policy).filter(each => isLive(each, today) && mayMatch(each));
  return ownRulesOf(policy).map(rule => ({
    name: `kube-harden-own.${rule.id.replace('/', '.')}`,
    // What fails an audit does not come from the pipeline.
    outcome: reaches(rule.severity, policy.failOn) ? 'own' : 'flagged',
    rules: rule.match.objects.map(({apiVersion, kind, resource}) => {
      const {group = '', version = ''} = parseGroupVersion(apiVersion) ?? {};
      return {
        apiGroups: [group],
        apiVersions: [version],
        operations: ['CREATE', 'UPDATE'],
        resources: [resource ?? resourceOf({kind})],
      };
    }),
    matchConditions: [
      {name: 'is-not-being-deleted', expression: '!has(object.metadata.deletionTimestamp)'},
      ...inNamespaces(rule),
      ...notExcluded(excludedGroups),
    ],
    variables: [],
    validations: [
      {
        expression: [...waiversOf(rule, allowances, policy), `(${rule.expression.trim()})`].join(
          ' || ',
        ),
        message: `${rule.id}: ${rule.message}`,
        reason: 'Forbidden',
      },
    ],
  }));
}

function inNamespaces({match: {namespaces}}: WrittenRule): readonly JsonMap[] {
  const terms = namespaces?.map(each => celMatches('request.namespace', each)) ?? [undefined];
  if (terms.some(term => term === undefined)) return [];
  return [{name: 'is-in-the-namespaces', expression: terms.join(' || ')}];
}

/** CEL for the exceptions to a rule. */
const waiversOf = (
  rule: WrittenRule,
  allowances: readonly Allowance[],
  {workloads}: Policy,
): readonly string[] =>
  allowances
    .filter(each => each.rules.includes(rule.id) && isOfObjects(each))
    .flatMap(allowance => shapesOf(rule, allowance, workloads) ?? [])
    .flatMap(({allowance, shape}) => {
      const condition = conditionOf(allowance, shape);
      return condition === undefined ? [] : [`(${condition})`];
    });

/** Whether an exception may match an object as a whole, as a rule of a policy does. */
const isOfObjects = ({match}: Allowance): boolean =>
  matches(match.container, '') && match.image === undefined;

/** Objects to which a condition of an exception applies. */
interface Waived {
  readonly allowance: Allowance;
  readonly shape: Parameters<typeof conditionOf>[1];
}

/**
 * The objects of a rule that an exception matches: kind by kind if it looks at labels, which are those of the pods.
 * Undefined if CEL cannot say where these are.
 */
function shapesOf(
  {match: {objects}}: WrittenRule,
  allowance: Allowance,
  workloads: PodPlaces,
): readonly Waived[] | undefined {
  const kinds = [...new Set(objects.map(({kind}) => kind))];
  const all = {kinds, ownedBy: [], part: ''};
  const {match} = allowance;
  if (match.labels === undefined) return [{allowance, shape: all}];
  const found: Waived[] = [];
  for (const kind of kinds.filter(each => matches(match.kind, each))) {
    const parts = objects.flatMap(each => (each.kind === kind ? [podPart(each, workloads)] : []));
    const [part] = parts;
    if (part === undefined || parts.some(each => each !== part)) return undefined;
    const pods = part === '' ? {} : {part, containers: ''};
    found.push({allowance: {...allowance, match: {...match, kind}}, shape: {...all, ...pods}});
  }
  return found;
}

/** The path of the pod spec in objects of a kind, empty if they have no pods. Undefined if there are several. */
function podPart(
  {apiVersion, kind}: WrittenRule['match']['objects'][number],
  workloads: PodPlaces,
): string | undefined {
  const {group = ''} = parseGroupVersion(apiVersion) ?? {};
  const [place, ...others] = placesOf({group, kind}, workloads);
  if (place === undefined) return '';
  const isPlain = place.path.every(step => /^[A-Za-z]\w*$/.test(step));
  return others.length === 0 && isPlain ? [...place.path, 'spec'].join('.') : undefined;
}

/** What the admission policies for rules of a policy do not know of an exception, one sentence each; `title` names it. */
export const notesOnException = (
  allowance: Allowance,
  title: string,
  policy: Policy,
): readonly string[] =>
  ownRulesOf(policy)
    .filter(({id}) => allowance.rules.includes(id))
    .flatMap(rule => {
      if (!isOfObjects(allowance)) {
        return [
          `${title} does not apply to ${rule.id}: it is for containers, and the rule is about objects`,
        ];
      }
      if (shapesOf(rule, allowance, policy.workloads) !== undefined) return [];
      return [
        `${title} does not apply to ${rule.id}: an admission policy cannot tell which labels the pods have, so the guard denies what it allows`,
      ];
    });

/** What the admission policies do not know of those rules, one sentence each. */
export const notesOnOwn = (policy: Policy): readonly string[] =>
  ownRulesOf(policy).flatMap(({id, match: {objects}}) =>
    objects
      .filter(
        ({apiVersion, resource}) =>
          resource === undefined && /\..*\//.test(apiVersion) && !/\.k8s\.io\//.test(apiVersion),
      )
      .map(
        ({kind}) =>
          `the resource of ${kind} in ${id} is taken to be "${resourceOf({kind})}": if it is another one, set \`resource\` next to \`kind\``,
      ),
  );
