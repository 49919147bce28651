import * as v from 'valibot';
import {isPartOf, parseRange} from '../kubernetes/address-range.ts';
import {isDnsLabel, isLabelKey, isLabelValue, isPortName} from '../kubernetes/names.ts';
import {rungs} from '../policy/network-policy.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const some = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1));

/** A string that the API server accepts; `what` describes it. */
const form = (isForm: (value: string) => boolean, what: string) =>
  v.pipe(
    text,
    v.check(isForm, ({input}) => `must be ${what}, not "${input}"`),
  );

const labelKey = form(isLabelKey, 'the key of a label, such as app.kubernetes.io/name');
const labelValue = v.pipe(
  v.string(),
  v.check(isLabelValue, ({input}) => `must be the value of a label, such as web, not "${input}"`),
);
const namespaceName = form(isDnsLabel, 'the name of a namespace, such as shop');

const requirement = v.pipe(
  v.strictObject({
    key: labelKey,
    operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: v.optional(some(labelValue)),
  }),
  v.check(
    ({operator, values}) => operator.endsWith('In') === (values !== undefined),
    '`values` belongs to the operators In and NotIn, and to no other',
  ),
);

const labelSelector = v.strictObject({
  matchLabels: v.optional(v.record(labelKey, labelValue)),
  matchExpressions: v.optional(some(requirement)),
});

const cidr = v.pipe(
  v.string(),
  v.check(isCidr, issue => `"${issue.input}" must be an address range such as 10.0.0.0/8`),
);

/** Whether `value` is a range, without leading zeros, which some parsers read as octal. */
function isCidr(value: string): boolean {
  return parseRange(value) !== undefined && !/(?:^|:)0\d+\.|\.0\d/.test(value);
}

const selectedFields = {
  pods: v.optional(labelSelector),
  namespaces: v.optional(v.union([some(namespaceName), labelSelector])),
};
const saysWho = ({pods, namespaces}: {readonly pods?: unknown; readonly namespaces?: unknown}) =>
  pods !== undefined || namespaces !== undefined;
const who = 'must have `pods`, `namespaces` or `cidrs`';
const selectedPods = v.pipe(
  v.strictObject(selectedFields),
  v.check(input => saysWho(input), who),
);

interface Ranges {
  readonly cidrs: readonly string[];
  readonly except?: readonly string[] | undefined;
}
const addressFields = {cidrs: some(cidr), except: v.optional(some(cidr))};
const hasOneRange = ({cidrs, except}: Ranges) => except === undefined || cidrs.length === 1;
const oneRange = '`except` is only possible with a single range';
const hasParts = ({cidrs: [cidr], except}: Ranges) =>
  except === undefined || areParts(except, cidr);
const partsOf = ({cidrs, except}: Ranges) =>
  `must contain only parts of ${cidrs[0]}, not ${except?.join(', ')}: the API server refuses it`;
const addresses = v.pipe(
  v.strictObject(addressFields),
  v.check(input => hasOneRange(input), oneRange),
  v.forward(
    v.check(
      input => hasParts(input),
      ({input}) => partsOf(input),
    ),
    ['except'],
  ),
);

/** What `except` of an `ipBlock` must be: ValidateIPBlock in Kubernetes' pkg/apis/networking. */
function areParts(except: readonly string[], cidr = ''): boolean {
  const outer = parseRange(cidr);
  if (outer === undefined) return false;
  return except.map(parseRange).every(inner => inner !== undefined && isPartOf(inner, outer));
}
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
const portName = form(isPortName, 'the number or the name of a port');
const protocol = v.optional(v.picklist(['TCP', 'UDP', 'SCTP']), 'TCP');
const port = v.union([
  v.pipe(
    v.union([portNumber, portName]),
    v.transform(number => ({port: number, protocol: 'TCP' as const})),
  ),
  v.strictObject({port: portName, protocol}),
  v.pipe(
    v.strictObject({port: portNumber, endPort: v.optional(portNumber), protocol}),
    v.check(
      ({port, endPort}) => endPort === undefined || endPort >= port,
      '`endPort` must not be below `port`',
    ),
  ),
]);

const ports = v.optional(some(port));
const dnsPeers = v.optional(
  v.array(
    v.union([
      v.pipe(
        v.strictObject({...addressFields, ports}),
        v.check(input => hasOneRange(input), oneRange),
        v.forward(
          v.check(
            input => hasParts(input),
            ({input}) => partsOf(input),
          ),
          ['except'],
        ),
      ),
      v.pipe(
        v.strictObject({...selectedFields, ports}),
        v.check(input => saysWho(input), who),
      ),
    ]),
  ),
);

const connection = v.pipe(
  v.strictObject({
    from: declaredPeer,
    to: declaredPeer,
    ports,
    reason: text,
  }),
  v.check(
    ({from, to}) => 'workload' in from || 'workload' in to,
    'one end must be a `workload` of the stream',
  ),
  v.transform(({ports = [], ...rest}) => ({...rest, ports})),
);

/** The content of `networkPolicy` in the policy file. */
export const networkPolicySchema = v.strictObject({
  ingress: v.optional(v.picklist(rungs)),
  egress: v.optional(v.picklist(['open', ...rungs])),
  namespaceDeny: v.optional(v.boolean()),
  connections: v.optional(v.array(connection)),
  ingressControllers: outsidePeers,
  gateways: outsidePeers,
  knative: outsidePeers,
  monitoring: outsidePeers,
  dns: dnsPeers,
  nodes: outsidePeers,
  apiServer: outsidePeers,
});
