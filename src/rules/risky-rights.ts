import {asList, textOf} from '../json.ts';
import {type Grant, grantsOf, includesAny, isNamed} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Severity} from '../severity.ts';

/** A right that a role must not grant. */
export interface RiskyRight {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** What a message calls the resources, if not by their names. */
  readonly what?: string;
  /** What the account gains, after "the account". */
  readonly gain: string;
  /** Of an unlimited grant; that of the rule if it is absent. */
  readonly severity?: Severity;
  /** The severity of a grant that is limited by `resourceNames`; absent if it is then harmless. */
  readonly ifNamed?: Severity;
  /**
   * Whether the resources are cluster-scoped: a Role, which applies in one namespace, grants
   * nothing on them.
   */
  readonly isClusterScoped?: true;
}

/** The resources of a right, as a message calls them. */
export const resourcesOf = ({resources, what}: RiskyRight): string =>
  what ?? resources.map(name => `\`${name}\``).join(', ');

interface Granted {
  readonly right: RiskyRight;
  readonly grant: Grant;
  /** Absent if it is that of the rule. */
  readonly severity?: Severity;
  /** The index of the first verb in the grant that gives the right. */
  readonly verbAt: number;
  readonly verb: string;
}

/** Which of `rights` the rules of a Role or ClusterRole grant. */
export function* grantedIn(resource: Resource, rights: readonly RiskyRight[]): Iterable<Granted> {
  for (const grant of grantsOf(resource)) {
    for (const right of rights) {
      if (right.isClusterScoped && resource.kind === 'Role') continue;
      if (isNamed(grant) && right.ifNamed === undefined) continue;
      if (!isGranted(right, grant)) continue;
      const verbs = asList(grant.value['verbs']).map(textOf);
      const verbAt = verbs.findIndex(verb => verb === '*' || right.verbs.includes(verb));
      const severity = isNamed(grant) ? right.ifNamed : right.severity;
      const verb = verbs[verbAt] ?? '';
      yield {right, grant, verbAt, verb, ...(severity === undefined ? {} : {severity})};
    }
  }
}

const isGranted = ({groups, resources, verbs}: RiskyRight, grant: Grant): boolean =>
  includesAny(grant, 'verbs', verbs) &&
  includesAny(grant, 'apiGroups', groups) &&
  resources.some(name => holds(grant, name));

/** RBAC has one more wildcard: a subresource of all resources. */
function holds(grant: Grant, name: string): boolean {
  const slash = name.indexOf('/');
  const names = slash === -1 ? [name] : [name, `*${name.slice(slash)}`];
  return includesAny(grant, 'resources', names) || (name === 'userextras' && hasExtras(grant));
}

/** Each thing that can be impersonated besides names is a subresource: `userextras/scopes`. */
const hasExtras = ({value}: Grant): boolean =>
  asList(value['resources']).some(resource => textOf(resource).startsWith('userextras/'));
