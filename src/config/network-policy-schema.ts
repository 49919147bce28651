import * as v from 'valibot';
import {isPartOf, parseRange} from '../kubernetes/address-range.ts';
import {isDnsLabel, isLabelKey, isLabelValue, isPortName} from '../kubernetes/names.ts';
import {rungs, unnamedChoices} from '../policy/network-policy.ts';
import {dictionary, type JsonSchemaPart, mapping, onlyIf, some, text} from './schema-parts.ts';

/** A string that the API server accepts; `what` describes it. */
const form = (jsonSchema: JsonSchemaPart, isForm: (value: string) => boolean, what: string) =>
  v.pipe(
    text,
    v.check(isForm, ({input}) => `must be ${what}, not "${input}"`),
    v.metadata(jsonSchema),
  );

const dnsLabel = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const labelName = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const domainLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

export const labelKey = form(
  {pattern: `^(${domainLabel}(\\.${domainLabel})*/)?${labelName}$`},
  isLabelKey,
  'the key of a label, such as app.kubernetes.io/name',
);
const labelValue = v.pipe(
  v.string(),
  v.check(isLabelValue, ({input}) => `must be the value of a label, such as web, not "${input}"`),
  v.metadata({pattern: `^(${labelName})?$`}),
);
const namespaceName = form(
  {pattern: `^${dnsLabel}$`},
  isDnsLabel,
  'the name of a namespace, such as shop',
);

const requirement = v.pipe(
  mapping({
    key: labelKey,
    operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: v.optional(some(labelValue)),
  }),
  v.check(
    ({operator, values}) => operator.endsWith('In') === (values !== undefined),
    '`values` belongs to the operators In and NotIn, and to no other',
  ),
  v.metadata(
    onlyIf(
      {properties: {operator: {enum: ['In', 'NotIn']}}},
      {required: ['values']},
      {properties: {values: false}},
    ),
  ),
);

const labelSelector = mapping({
  matchLabels: v.optional(dictionary(labelKey, labelValue)),
  matchExpressions: v.optional(some(requirement)),
});

const cidr = v.pipe(
  v.string(),
  v.check(isCidr, issue => `"${issue.input}" must be an address range such as 10.0.0.0/8`),
  v.metadata({pattern: '^[0-9A-Fa-f.:]+/[0-9]{1,3}$'}),
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
const someWho = {anyOf: [{required: ['pods']}, {required: ['namespaces']}]};
const who = 'must have `pods`, `namespaces` or `cidrs`';
const selectedPods = v.pipe(
  mapping(selectedFields),
  v.check(input => saysWho(input), who),
  v.metadata(someWho),
);

interface Ranges {
  readonly cidrs: readonly string[];
  readonly except?: readonly string[] | undefined;
}
const addressFields = {cidrs: some(cidr), except: v.optional(some(cidr))};
const hasOneRange = ({cidrs, except}: Ranges) => except === undefined || cidrs.length === 1;
const onlyOne = onlyIf({required: ['except']}, {properties: {cidrs: {maxItems: 1}}});
const oneRange = '`except` is only possible with a single range';
const hasParts = ({cidrs: [cidr], except}: Ranges) =>
  except === undefined || areParts(except, cidr);
const partsOf = ({cidrs, except}: Ranges) =>
  `must contain only parts of ${cidrs[0]}, not ${except?.join(', ')}: the API server refuses it`;
const addresses = v.pipe(
  mapping(addressFields),
  v.check(input => hasOneRange(input), oneRange),
  v.metadata(onlyOne),
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
const named = mapping({
  workload: mapping({
    kind: v.optional(text),
    namespace: v.optional(text),
    name: v.optional(text),
  }),
});

const outsidePeers = v.optional(v.array(v.union([addresses, selectedPods])));
const declaredPeer = v.union([named, addresses, selectedPods]);

export const portNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));
const portName = form(
  {
    allOf: [
      {pattern: '^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$'},
      {pattern: '[a-z]'},
      {not: {pattern: '--'}},
    ],
  },
  isPortName,
  'the number or the name of a port',
);
const protocol = v.optional(v.picklist(['TCP', 'UDP', 'SCTP']), 'TCP');
const port = v.union([
  v.pipe(
    v.union([portNumber, portName]),
    v.transform(number => ({port: number, protocol: 'TCP' as const})),
  ),
  mapping({port: portName, protocol}),
  v.pipe(
    mapping({port: portNumber, endPort: v.optional(portNumber), protocol}),
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
        mapping({...addressFields, ports}),
        v.check(input => hasOneRange(input), oneRange),
        v.metadata(onlyOne),
        v.forward(
          v.check(
            input => hasParts(input),
            ({input}) => partsOf(input),
          ),
          ['except'],
        ),
      ),
      v.pipe(
        mapping({...selectedFields, ports}),
        v.check(input => saysWho(input), who),
        v.metadata(someWho),
      ),
    ]),
  ),
);

const connection = v.pipe(
  mapping({
    from: declaredPeer,
    to: declaredPeer,
    ports,
    reason: text,
  }),
  v.check(
    ({from, to}) => 'workload' in from || 'workload' in to,
    'one end must be a `workload` of the stream',
  ),
  v.metadata({anyOf: ['from', 'to'].map(end => ({properties: {[end]: {required: ['workload']}}}))}),
  v.transform(({ports = [], ...rest}) => ({...rest, ports})),
);

/** The content of `networkPolicy` in the policy file. */
export const networkPolicySchema = mapping({
  ingress: v.optional(v.picklist(rungs)),
  egress: v.optional(v.picklist(['open', ...rungs])),
  unnamed: v.optional(v.picklist(unnamedChoices)),
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

/** The parts that occur several times, by their names in the JSON Schema. */
export const networkPolicyParts = {labelSelector, addresses, selectedPods, declaredPeer, port};
