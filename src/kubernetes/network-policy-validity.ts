import {asString, isList, type Json, type JsonMap} from '../json.ts';
import {memoized} from '../memoized.ts';
import {isPartOf, parseRange} from './address-range.ts';
import {metadataValidity} from './metadata-validity.ts';
import {isLabelKey, isLabelValue, isPortName} from './names.ts';
import {
  isAbsent,
  isOf,
  listOf,
  mapOf,
  object,
  oneOf,
  optional,
  sizeOf,
  text,
  type Validity,
} from './validity.ts';

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

/** Checked for every object. */
const isKnown = (): Validity => 'valid';

/** An older API server also knew `status`, and fills it in itself. */
const networkPolicy = object({
  apiVersion: isKnown,
  kind: isKnown,
  metadata: metadataValidity,
  spec: optional(spec),
});

/** What the API server does with a NetworkPolicy: ValidateNetworkPolicy. */
export const validityOf = memoized((policy: JsonMap): Validity => networkPolicy(policy));
