import {asString, isList, isMap, type Json, type JsonMap} from '../json.ts';
import {isPartOf, parseRange} from './address-range.ts';
import {isDomain, isLabelKey, isLabelValue, isPortName} from './names.ts';

/**
 * What the API server does with an object: `valid` is accepted; `unknown` has unknown fields, so
 * that kubectl and Helm refuse it, while other clients get it accepted without them; `refused` is
 * refused.
 */
export type Validity = 'valid' | 'unknown' | 'refused';

type Check = (value: Json | undefined) => Validity;

const worstFirst = ['refused', 'unknown'] as const;
const worst = (all: readonly Validity[]): Validity =>
  worstFirst.find(each => all.includes(each)) ?? 'valid';

const isThat = (holds: boolean): Validity => (holds ? 'valid' : 'refused');

/** A field that is missing or null, which is the same to the API server. */
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || value === null ? 'valid' : check(value);

const text =
  (fits: (text: string) => boolean): Check =>
  value =>
    isThat(typeof value === 'string' && fits(value));

const oneOf = (...texts: readonly string[]): Check => text(each => texts.includes(each));

const listOf =
  (check: Check): Check =>
  value =>
    isList(value) ? worst(value.map(check)) : 'refused';

/** An object with `fields`, and the conditions between them. Null is an object without any. */
const object =
  (fields: Readonly<Record<string, Check>>, holds: (map: JsonMap) => boolean = () => true): Check =>
  value => {
    const map = value === null ? {} : value;
    if (!isMap(map)) return 'refused';
    const isKnown = Object.keys(map).every(key => Object.hasOwn(fields, key));
    const known = Object.entries(fields).map(([key, check]) => check(map[key]));
    return worst([...known, isKnown ? 'valid' : 'unknown', isThat(holds(map))]);
  };

const mapOf =
  (isKey: (key: string) => boolean, check: Check): Check =>
  value =>
    isMap(value)
      ? worst(Object.entries(value).map(([key, each]) => (isKey(key) ? check(each) : 'refused')))
      : 'refused';

const isAbsent = (value: Json | undefined): boolean => value === undefined || value === null;
const sizeOf = (value: Json | undefined): number => (isList(value) ? value.length : 0);
const isOf = (low: number, high: number) => (value: Json | undefined) =>
  isThat(Number.isInteger(value) && Number(value) >= low && Number(value) <= high);

/** ValidateLabelSelector in k8s.io/apimachinery/pkg/apis/meta/v1/validation. */
const selector = object({
  matchLabels: optional(mapOf(isLabelKey, text(isLabelValue))),
  matchExpressions: optional(
    listOf(
      object(
        {
          key: text(isLabelKey),
          operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'),
          values: optional(listOf(text(isLabelValue))),
        },
        ({operator, values}) =>
          asString(operator)?.endsWith('In') ? sizeOf(values) > 0 : sizeOf(values) === 0,
      ),
    ),
  ),
});

/** Whether the API server accepts a LabelSelector. */
export const isValidSelector = (value: Json): boolean => selector(value) === 'valid';

const portNumber = isOf(1, 65535);

/** ValidateNetworkPolicyPort in Kubernetes' pkg/apis/networking/validation, as all that follows. */
const port = object(
  {
    protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
    port: optional(value =>
      typeof value === 'string' ? text(isPortName)(value) : portNumber(value),
    ),
    endPort: optional(portNumber),
  },
  ({port: from, endPort}) =>
    isAbsent(endPort) ||
    (typeof from === 'number' && typeof endPort === 'number' && endPort >= from),
);

const isInRange = (outer: Json | undefined) => (inner: string) => {
  const [part, whole] = [parseRange(inner), parseRange(asString(outer) ?? '')];
  return part !== undefined && whole !== undefined && isPartOf(part, whole);
};

const block = object(
  {cidr: text(cidr => parseRange(cidr) !== undefined), except: optional(listOf(text(() => true)))},
  ({cidr, except}) =>
    isAbsent(except) ||
    (isList(except) && except.every(each => isInRange(cidr)(asString(each) ?? ''))),
);

const peer = object(
  {
    podSelector: optional(selector),
    namespaceSelector: optional(selector),
    ipBlock: optional(block),
  },
  ({podSelector, namespaceSelector, ipBlock}) =>
    isAbsent(ipBlock) !== (isAbsent(podSelector) && isAbsent(namespaceSelector)),
);

const mostTypes = 2;
/**
 * An invalid namespace is also refused for its pods: for those, the policy counts like any other.
 */
const metadata = object({
  name: text(isDomain),
  namespace: optional(text(() => true)),
  labels: optional(mapOf(isLabelKey, text(isLabelValue))),
  annotations: optional(
    mapOf(
      key => isLabelKey(key.toLowerCase()),
      text(() => true),
    ),
  ),
});
const spec = object(
  {
    podSelector: optional(selector),
    ingress: optional(
      listOf(object({ports: optional(listOf(port)), from: optional(listOf(peer))})),
    ),
    egress: optional(listOf(object({ports: optional(listOf(port)), to: optional(listOf(peer))}))),
    policyTypes: optional(listOf(oneOf('Ingress', 'Egress'))),
  },
  ({policyTypes}) => sizeOf(policyTypes) <= mostTypes,
);

/**
 * What the API server does with a NetworkPolicy: ValidateNetworkPolicy. All fields of `metadata`
 * are known.
 */
export function validityOf(policy: JsonMap): Validity {
  const isTold = metadata(policy['metadata'] ?? null) === 'refused' ? 'refused' : 'valid';
  return worst([isTold, optional(spec)(policy['spec'])]);
}
