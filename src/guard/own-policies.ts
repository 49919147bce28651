import {resourceOf} from '../admission/resources.ts';
import type {JsonMap} from '../json.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
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
        expression: [...waiversOf(rule, allowances), `(${rule.expression.trim()})`].join(' || '),
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

/** CEL for the exceptions to a rule: an exception for a container does not apply to an object. */
const waiversOf = (
  {id, match: {objects}}: WrittenRule,
  allowances: readonly Allowance[],
): readonly string[] =>
  allowances
    .filter(each => each.rules.includes(id) && isExpressible(each))
    .flatMap(allowance => {
      const condition = conditionOf(allowance, {
        kinds: [...new Set(objects.map(({kind}) => kind))],
        ownedBy: [],
        part: '',
      });
      return condition === undefined ? [] : [`(${condition})`];
    });

/** The labels that an exception matches may be those of pods anywhere in the object. */
export const isExpressible = ({match}: Allowance): boolean =>
  matches(match.container, '') && match.labels === undefined && match.image === undefined;

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
