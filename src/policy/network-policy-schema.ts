import * as v from 'valibot';
import {rungs} from './network-policy.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const some = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1));

const labelSelector = v.strictObject({
  matchLabels: v.optional(v.record(text, v.string())),
  matchExpressions: v.optional(
    some(
      v.strictObject({
        key: text,
        operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: v.optional(some(v.string())),
      }),
    ),
  ),
});

const cidr = v.pipe(
  v.string(),
  v.check(isCidr, issue => `"${issue.input}" must be an address range such as 10.0.0.0/8`),
);

/** Whether `value` is an address and a length of its prefix, as RFC 4632 and RFC 4291 write them. */
function isCidr(value: string): boolean {
  const [address = '', length = '', ...rest] = value.split('/');
  const isV4 = v.is(v.pipe(v.string(), v.ipv4()), address);
  const isV6 = v.is(v.pipe(v.string(), v.ipv6()), address);
  const isLength = /^\d{1,3}$/.test(length) && Number(length) <= (isV4 ? 32 : 128);
  return rest.length === 0 && isLength && (isV4 || isV6);
}

const selected = v.strictObject({
  pods: v.optional(labelSelector),
  namespaces: v.optional(v.union([some(text), labelSelector])),
});
const selectedPods = v.pipe(
  selected,
  v.check(
    ({pods, namespaces}) => pods !== undefined || namespaces !== undefined,
    'must have `pods`, `namespaces` or `cidrs`',
  ),
);
const addresses = v.pipe(
  v.strictObject({cidrs: some(cidr), except: v.optional(some(cidr))}),
  v.check(
    ({cidrs, except}) => except === undefined || cidrs.length === 1,
    '`except` must stand beside one range alone',
  ),
);
const named = v.strictObject({
  workload: v.strictObject({
    kind: v.optional(text),
    namespace: v.optional(text),
    name: v.optional(text),
  }),
});

const outsidePeers = v.optional(v.array(v.union([addresses, selectedPods])));
const declaredPeer = v.union([named, addresses, selectedPods]);

const portNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));
const protocol = v.optional(v.picklist(['TCP', 'UDP', 'SCTP']), 'TCP');
const port = v.union([
  v.pipe(
    v.union([portNumber, text]),
    v.transform(number => ({port: number, protocol: 'TCP' as const})),
  ),
  v.strictObject({port: text, protocol}),
  v.pipe(
    v.strictObject({port: portNumber, endPort: v.optional(portNumber), protocol}),
    v.check(
      ({port, endPort}) => endPort === undefined || endPort >= port,
      '`endPort` must not be below `port`',
    ),
  ),
]);

const connection = v.pipe(
  v.strictObject({
    from: declaredPeer,
    to: declaredPeer,
    ports: v.optional(some(port)),
    reason: text,
  }),
  v.check(
    ({from, to}) => 'workload' in from || 'workload' in to,
    'one end must be a `workload` of the stream',
  ),
  v.transform(({ports = [], ...rest}) => ({...rest, ports})),
);

/** What a user may write under `networkPolicy`. */
export const networkPolicySchema = v.strictObject({
  ingress: v.optional(v.picklist(rungs)),
  egress: v.optional(v.picklist(['open', ...rungs])),
  namespaceDeny: v.optional(v.boolean()),
  connections: v.optional(v.array(connection)),
  ingressControllers: outsidePeers,
  gateways: outsidePeers,
  knative: outsidePeers,
  monitoring: outsidePeers,
  dns: outsidePeers,
  apiServer: outsidePeers,
});
