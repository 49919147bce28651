/**
 * Clients that are not pods: which are admitted, which wait for a decision, and which are cut off.
 */
import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {Cluster} from '../evaluator.ts';

const pods = (more = '', metadata = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web${metadata}}}
    spec: {${more}containers: [{name: a, image: a, ports: [{name: http, containerPort: 8080}, {containerPort: 9090}]}]}
`;
const service = (spec: string, annotations = '') => `---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop, annotations: {${annotations}}}
spec: {${spec}, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
`;
const balancer = (more: string, annotations?: string) =>
  service(`type: LoadBalancer${more}`, annotations);

interface Outcome {
  readonly state: string | undefined;
  readonly open: readonly string[];
}

function outcomeOf(stream: string, choices: PolicyChoices = {}): Outcome {
  const policy = resolvePolicy(choices);
  const {text, notes, findings} = harden(stream, 'in', policy);
  const again = harden(text, 'in', policy);
  if (again.text !== text) throw new Error('hardened twice');
  if (findings.some(({rule}) => rule === 'no-open-network-policy')) throw new Error('flagged');
  if (again.findings.some(({rule}) => rule === 'no-open-network-policy'))
    throw new Error('flagged');
  const cluster = new Cluster(text, 'shop');
  const open = ['203.0.113.7', '198.51.100.7', '35.191.0.7', '10.1.2.3'].flatMap(from =>
    [8080, 9090]
      .filter(port => cluster.admits(from, cluster.pod('web'), port))
      .map(port => `${from} ${port}`),
  );
  const told = notes.find(({disposition}) => disposition === 'waits' || disposition === 'cut');
  // Pasting the printed entry decides it.
  if (told?.exposed !== undefined && choices.exposed === undefined) {
    const after = harden(stream, 'in', resolvePolicy({...choices, exposed: [told.exposed]}));
    if (after.summary.undecided > 0 || after.staleExceptions.length > 0)
      throw new Error('undecided');
  }
  return {state: told?.disposition, open};
}

const everyone = ['203.0.113.7', '198.51.100.7', '35.191.0.7', '10.1.2.3'].map(
  each => `${each} 8080`,
);
const ofCloud = ['10.1.2.3 8080'];
const comes = test.macro(
  (
    t,
    stream: string,
    state: string | undefined,
    open: readonly string[],
    choices: PolicyChoices = {},
  ) => {
    t.deepEqual(outcomeOf(stream, choices), {state, open});
  },
);

test('a bare load balancer', comes, pods() + balancer(''), 'cut', []);
test('a bare node port', comes, pods() + service('type: NodePort'), 'cut', []);
test(
  'a load balancer with the default of its traffic policy',
  comes,
  pods() + balancer(', externalTrafficPolicy: Cluster'),
  'cut',
  [],
);
for (const [title, more, annotations, open] of [
  ['a traffic policy', ', externalTrafficPolicy: Local', '', everyone],
  ['its clients', ', loadBalancerSourceRanges: [203.0.113.0/24]', '', everyone.slice(0, 1)],
  ['an address', ', loadBalancerIP: 203.0.113.1', '', everyone],
  ['a class', ', loadBalancerClass: service.k8s.aws/nlb', '', everyone],
  ['an annotation of AWS', '', 'service.beta.kubernetes.io/aws-load-balancer-type: nlb', everyone],
  ['an annotation of MetalLB', '', 'metallb.io/address-pool: edge', everyone],
  ['a name', '', 'external-dns.alpha.kubernetes.io/hostname: a.example.com', everyone],
  [
    'an internal annotation of Azure',
    '',
    'service.beta.kubernetes.io/azure-load-balancer-internal: "true"',
    ofCloud,
  ],
  [
    'an internal annotation of Google',
    '',
    'networking.gke.io/load-balancer-type: Internal',
    ofCloud,
  ],
  [
    'an internal annotation of AWS',
    '',
    'service.beta.kubernetes.io/aws-load-balancer-scheme: internal',
    ofCloud,
  ],
] as const) {
  test(
    `a load balancer that has ${title}`,
    comes,
    pods() + balancer(more, annotations),
    'waits',
    open,
  );
}
test(
  'an annotation of others',
  comes,
  pods() + balancer('', 'prometheus.io/scrape: "false"'),
  'cut',
  [],
);
test(
  'one that is decided',
  comes,
  pods() + balancer(', externalTrafficPolicy: Local'),
  undefined,
  [],
  {undecided: 'fix'},
);
test('one that is closed', comes, pods() + balancer(', externalTrafficPolicy: Local'), 'cut', [], {
  networkPolicy: {ingress: 'deny'},
});

const role = (group: string, resource: string) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules: [{apiGroups: [${group}], resources: [${resource}], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: r}
roleRef: {kind: ClusterRole, name: r}
subjects: [{kind: ServiceAccount, name: sa, namespace: shop}]
`;
const classOf = (kind: string, group: string, field: string) =>
  `---
apiVersion: ${group}/v1
kind: ${kind}
metadata: {name: own}
spec: {${field}: example.com/own}
`;
const ingressClass = classOf('IngressClass', 'networking.k8s.io', 'controller');
const gatewayClass = classOf('GatewayClass', 'gateway.networking.k8s.io', 'controllerName');
const account = pods('serviceAccountName: sa, ');
test(
  'the controller of an IngressClass',
  comes,
  account + balancer('') + ingressClass + role('networking.k8s.io', 'ingresses'),
  'waits',
  everyone,
);
test(
  'one that reads Ingresses, and has no class',
  comes,
  account + balancer('') + role('networking.k8s.io', 'ingresses'),
  'cut',
  [],
);
test(
  'a class whose controller is another',
  comes,
  account + balancer('') + ingressClass,
  'cut',
  [],
);
test(
  'the controller of a GatewayClass',
  comes,
  account + balancer('') + gatewayClass + role('gateway.networking.k8s.io', 'gateways'),
  'waits',
  everyone,
);
test(
  'a controller that is told its name',
  comes,
  pods().replace('image: a', 'image: a, args: [--controller-class=example.com/own]') +
    service('type: NodePort') +
    ingressClass,
  'waits',
  everyone,
);
test(
  'the pods of a Gateway',
  comes,
  pods('', ', gateway.networking.k8s.io/gateway-name: g') + balancer(''),
  'waits',
  everyone,
);
test(
  'the pods that a Gateway of Istio selects',
  comes,
  `${pods()}---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: shop}
spec: {selector: {app: web}}
${balancer('')}`,
  'waits',
  everyone,
);
test(
  'a gateway that Istio injects',
  comes,
  pods().replace(
    'labels: {app: web}}',
    'labels: {app: web}, annotations: {inject.istio.io/templates: gateway}}',
  ) + balancer(''),
  'waits',
  everyone,
);

const ingress = (more: string) => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: shop${more}
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}}]
`;
const clusterIp = service('type: ClusterIP');
test(
  'an Ingress whose load balancer calls pods',
  comes,
  pods() +
    clusterIp +
    ingress(', annotations: {alb.ingress.kubernetes.io/target-type: ip}}\nspec:'),
  'waits',
  ofCloud,
);
test(
  'an Ingress of the class alb',
  comes,
  pods() + clusterIp + ingress('}\nspec:\n  ingressClassName: alb'),
  'waits',
  ofCloud,
);
test(
  'an Ingress of another class',
  comes,
  pods() + clusterIp + ingress('}\nspec:\n  ingressClassName: nginx'),
  undefined,
  [],
);
test(
  'groups of Google’s load balancers',
  comes,
  pods() +
    service('type: ClusterIP', `cloud.google.com/neg: '{"ingress": true}'`) +
    ingress('}\nspec:'),
  'waits',
  ['35.191.0.7 8080', '10.1.2.3 8080'],
);
test(
  'where the policy says where controllers are',
  comes,
  pods() + clusterIp + ingress('}\nspec:\n  ingressClassName: alb'),
  undefined,
  ofCloud,
  {networkPolicy: {ingressControllers: [{cidrs: ['10.1.0.0/16']}]}},
);
test('a TargetGroupBinding', t => {
  const binding = `---
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata: {name: b, namespace: shop}
spec: {targetType: ip, serviceRef: {name: front, port: 80}}
`;
  const {text} = harden(pods() + clusterIp + binding, 'in', resolvePolicy());
  const cluster = new Cluster(text, 'shop');
  t.true(cluster.admits('10.1.2.3', cluster.pod('web'), 8080));
  t.false(cluster.admits('10.1.2.3', cluster.pod('web'), 9090));
});

const hostPort = pods().replace('containerPort: 8080}', 'containerPort: 8080, hostPort: 80}');
const kept = {rules: {'no-host-port': 'flag'}} as const;
test('a host port that goes', comes, hostPort, undefined, []);
test('a host port that stays', comes, hostPort, undefined, everyone, kept);
test(
  'a host port of the loopback address',
  comes,
  hostPort.replace('hostPort: 80}', 'hostPort: 80, hostIP: 127.0.0.1}'),
  undefined,
  [],
  kept,
);
test('a host port that is exposed on purpose', comes, hostPort, undefined, everyone, {
  exposed: [{match: {kind: 'Deployment', name: 'web'}, reason: 'so'}],
});
test('one of whose name a Service is exposed', comes, hostPort, undefined, [], {
  exposed: [{match: {name: 'web'}, reason: 'so'}],
});

const agent = `---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {hostNetwork: true, containers: [{name: a, image: a, args: ["http://front/"]}]}
`;
const onNode = {rules: {'no-host-network': 'flag'}} as const;
for (const ingress of ['workloads', 'release', 'least'] as const) {
  test(
    `${ingress}: a pod in the network of its node that calls a Service`,
    comes,
    pods() + clusterIp + agent,
    undefined,
    ofCloud,
    {...onNode, networkPolicy: {ingress}},
  );
}
test('whose node the policy names', comes, pods() + clusterIp + agent, undefined, [], {
  ...onNode,
  networkPolicy: {nodes: [{cidrs: ['10.9.0.0/16']}]},
});
test('a pod that calls one in the network of its node', t => {
  const server = agent
    .replace('args: ["http://front/"]', 'ports: [{containerPort: 7000}]')
    .replace('app: agent}', 'app: web}');
  const policy = resolvePolicy({
    ...onNode,
    networkPolicy: {ingress: 'least', egress: 'least', unnamed: 'deny'},
  });
  const client = pods()
    .replaceAll('app: web', 'app: client')
    .replace('image: a', 'image: a, args: ["http://front/"]');
  const to = clusterIp.replace('targetPort: http', 'targetPort: 7000');
  const cluster = new Cluster(harden(client + to + server, 'in', policy).text, 'shop');
  t.true(cluster.admits(cluster.pod('web'), '10.1.2.3', 7000));
  t.false(cluster.admits(cluster.pod('web'), '10.1.2.3', 7001));
});

test('an exception to the policy leaves nothing to tell of its clients', t => {
  const exceptions = [
    {rules: ['require-network-policy'], match: {kind: 'Deployment'}, reason: 'so'},
  ];
  const {text, notes} = harden(pods() + balancer(''), 'in', resolvePolicy({exceptions}));
  t.deepEqual(notes, []);
  t.notRegex(text, /cut-off-by/);
});

const registers = (verbs: string, more: string) =>
  role('admissionregistration.k8s.io', 'mutatingwebhookconfigurations').replace(
    '[get, list, watch]',
    verbs,
  ) + more;
const called = (t: import('ava').ExecutionContext, stream: string, expected: readonly number[]) => {
  const cluster = new Cluster(
    harden(stream, 'in', resolvePolicy({networkPolicy: {ingress: 'least', unnamed: 'deny'}})).text,
    'shop',
  );
  t.deepEqual(
    [8080, 9090].filter(port => cluster.admits('10.1.2.3', cluster.pod('web'), port)),
    expected,
  );
};
const two = service('type: ClusterIP').replace(
  '{port: 80, targetPort: http}',
  '{name: a, port: 80, targetPort: http}, {name: metrics, port: 90, targetPort: 9090}',
);
test(
  'who creates webhooks is called, but not on its metrics',
  called,
  account + two + registers('[create]', ''),
  [8080],
);
test(
  'who changes webhooks is called on a usual port',
  called,
  account + two.replace('port: 80', 'port: 443') + registers('[patch]', ''),
  [8080],
);
test('who changes webhooks, and serves none', called, account + two + registers('[patch]', ''), []);
test('who reads webhooks', called, account + two + registers('[get]', ''), []);
test(
  'by a role that another is made of',
  called,
  account +
    two +
    registers('[create]', '').replace(
      'metadata: {name: r}\nrules',
      'metadata: {name: part, labels: {of: r}}\nrules',
    ) +
    `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {of: r}}]}
`,
  [8080],
);
test(
  'by a binding of a namespace',
  called,
  account + two + registers('[create]', '').replace('ClusterRoleBinding', 'RoleBinding'),
  [],
);
