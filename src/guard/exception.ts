import {matches} from '../policy/selector.ts';
import type {Allowance} from './allowance.ts';
import {celAnd, celList, celMatches, celString} from './language/cel.ts';
import type {Shape} from './shape.ts';

/**
 * CEL that is true if `allowance` matches the object of a request, or the owner for which a
 * controller created it. Undefined if it can match none of `shape`.
 */
export function conditionOf(
  {match}: Allowance,
  shape: Pick<Shape, 'kinds' | 'ownedBy' | 'part' | 'containers'>,
): string | undefined {
  const direct = directCondition(match, shape);
  const owned = ownedCondition(match, shape);
  const isMeant = [direct, owned].filter(condition => condition !== undefined);
  if (isMeant.length === 0) return undefined;
  const isAny = direct === 'true';
  const [only] = isMeant;
  const who = isMeant.length === 1 ? only : `(${isMeant.join(' || ')})`;
  return celAnd([
    celMatches('request.namespace', match.namespace),
    isAny ? undefined : who,
    ...labelConditions(match, shape),
  ]);
}

/** By the labels of the pods, or of an object without pods. Controllers create pods with the labels of their template. */
const labelConditions = (
  {labels = {}}: Allowance['match'],
  {part, containers}: Pick<Shape, 'part' | 'containers'>,
): readonly string[] =>
  Object.entries(labels).map(([key, pattern]) => {
    const path = containers === undefined ? 'metadata' : part.replace(/spec$/, 'metadata');
    const value = `object.${path.replaceAll('.', '.?')}.?labels[?${celString(key)}]`;
    return celMatches(`${value}.orValue('')`, pattern) ?? `${value}.hasValue()`;
  });

/** By the kind and the name of the object. */
function directCondition(
  match: Allowance['match'],
  {kinds}: Pick<Shape, 'kinds'>,
): string | undefined {
  const meant = kinds.filter(kind => matches(match.kind, kind));
  if (meant.length === 0) return undefined;
  return celAnd([
    meant.length === kinds.length ? undefined : `request.kind.kind in ${celList(meant)}`,
    celMatches(objectName, match.name),
  ]);
}

const objectName = "object.metadata.?name.orValue(object.metadata.?generateName.orValue(''))";

/** By the owner that the controller names. */
function ownedCondition(
  match: Allowance['match'],
  {ownedBy}: Pick<Shape, 'ownedBy'>,
): string | undefined {
  const meant = ownedBy.filter(({kind}) => matches(match.kind, kind));
  if (meant.length === 0) return undefined;
  const terms = new Map<string, string[]>();
  for (const {kind, by = kind, ending} of meant) {
    const name = celMatches('o.name', match.name, ending) ?? 'true';
    terms.set(name, [...(terms.get(name) ?? []), by]);
  }
  const owners = [...terms].map(([name, kinds]) => {
    const isKind = `o.kind in ${celList([...new Set(kinds)])}`;
    return celAnd([isKind, name === 'true' ? undefined : name]);
  });
  return `variables.owners.exists(o, ${owners.join(' || ')})`;
}

/**
 * The owners that count: anyone can write `ownerReferences`, but only the cluster's own controllers
 * create objects as their owners specify.
 */
export const ownersVariable = `request.userInfo.username.matches('^system:(kube-controller-manager|serviceaccount:kube-system:(cronjob|daemon-set|deployment|job|replicaset|replication|statefulset)-controller)$') ? object.metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false)) : []`;
