/** A stream that could cost more than its size: what grows with its square when all is compared with all. */
export interface Shape {
  readonly name: string;
  /** What is done with the stream: the arguments of kube-harden. */
  readonly args: readonly string[];
  /** The policy file's text; empty for none. */
  readonly policy?: string;
  readonly stream: (count: number) => string;
  /** The smallest count that is measured; each further one is twice as large. */
  readonly from: number;
}

const documents = (count: number, document: (index: number) => string): string =>
  Array.from({length: count}, (_, index) => `${document(index)}---\n`).join('');

const deployment = (name: string, labels: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec:
      containers:
        - name: main
          image: example.com/${name}:1.0
          ports: [{containerPort: 8080}]
${more}`;

const service = (name: string, selector: string, labels = ''): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}, labels: {${labels}}}
spec: {selector: {${selector}}, ports: [{name: http, port: 80, targetPort: 8080}]}
`;

const networkPolicy = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}}\nspec: {${spec}}\n`;

/** Twelve labels, of which any choice selects the same pods: 4,096 selectors that look different. */
const twelve = Array.from({length: 12}, (_, bit) => `l${bit}: x`);
const choice = (index: number): string =>
  ['app: shared', ...twelve.filter((_, bit) => (index >> bit) & 1)].join(', ');

const least = 'networkPolicy: {ingress: least}\n';

export const shapes: readonly Shape[] = [
  {
    name: 'workloads alone',
    args: [],
    from: 1000,
    stream: count => documents(count, index => deployment(`d${index}`, `app: d${index}`)),
  },
  {
    name: 'policies that select all but a few (NotIn) × workloads',
    args: [],
    from: 1000,
    stream: count =>
      documents(count, index => deployment(`d${index}`, `app: d${index}`)) +
      documents(count, index =>
        networkPolicy(
          `p${index}`,
          `policyTypes: [Egress], podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [d${index}]}]}`,
        ),
      ),
  },
  {
    name: 'policies that select none (NotIn) × workloads',
    args: [],
    from: 1000,
    stream: count =>
      documents(count, index => deployment(`d${index}`, `tier: web, app: d${index}`)) +
      documents(count, index =>
        networkPolicy(
          `p${index}`,
          `podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [web, u${index}]}]}`,
        ),
      ),
  },
  {
    name: 'Services of different selectors × workloads that each selects',
    args: [],
    from: 500,
    stream: count =>
      documents(count, index =>
        deployment(`d${index}`, `app: shared, own: d${index}, ${twelve.join(', ')}`),
      ) + documents(count, index => service(`s${index}`, choice(index))),
  },
  {
    name: 'one ConfigMap that names every Service, mounted by every workload',
    args: [],
    policy: least,
    from: 100,
    stream: count =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: all}\ndata:\n${Array.from(
        {length: count},
        (_, index) => `  u${index}: http://s${index}:80\n`,
      ).join('')}---\n` +
      documents(
        count,
        index =>
          `${deployment(
            `d${index}`,
            `app: d${index}`,
            '          envFrom: [{configMapRef: {name: all}}]\n',
          )}---\n${service(`s${index}`, `app: d${index}`)}`,
      ),
  },
  {
    name: 'ServiceMonitors × Services that each selects',
    args: [],
    policy: least,
    from: 500,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(`d${index}`, `app: d${index}`)}---\n${service(`s${index}`, `app: d${index}`, 'team: all')}`,
      ) +
      documents(
        count,
        index =>
          `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: m${index}}\nspec: {selector: {matchLabels: {team: all}}, endpoints: [{port: http}]}\n`,
      ),
  },
  {
    name: 'network: policies whose peers each name other workloads',
    args: ['network', '-'],
    from: 500,
    stream: count =>
      documents(count, index => deployment(`d${index}`, `app: d${index}, group: g${index >> 4}`)) +
      documents(count, index =>
        networkPolicy(
          `p${index}`,
          `podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {group: g${index >> 4}}}}]}]`,
        ),
      ),
  },
  {
    name: 'exceptions × objects',
    args: [],
    policy: `exceptions:\n${Array.from(
      {length: 2000},
      (_, index) =>
        `  - {rules: [no-host-network], match: {kind: Deployment, name: "*x${index}"}, reason: r}\n`,
    ).join('')}`,
    from: 500,
    stream: count =>
      documents(count, index =>
        deployment(`d${index}`, `app: d${index}`).replace(
          '      containers',
          '      hostNetwork: true\n      containers',
        ),
      ),
  },
  {
    name: 'one object with many containers, volumes and mounts',
    args: ['--profile', 'strict'],
    from: 500,
    stream: count => `apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec:
  volumes:
${Array.from({length: count}, (_, index) => `    - {name: v${index}, hostPath: {path: /etc/${index}}}\n`).join('')}  containers:
${Array.from({length: count}, (_, index) => `    - {name: c${index}, image: i, securityContext: {privileged: true}, volumeMounts: [{name: v${index}, mountPath: /m}]}\n`).join('')}`,
  },
  {
    name: 'role bindings × workloads of one account',
    args: ['--profile', 'strict'],
    from: 500,
    stream: count =>
      documents(count, index =>
        deployment(`d${index}`, `app: d${index}`).replace(
          '      containers',
          '      serviceAccountName: shared\n      containers',
        ),
      ) +
      documents(
        count,
        index =>
          `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b${index}}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: shared}]\n`,
      ),
  },
  {
    name: 'webhooks × Services of one name',
    args: [],
    from: 500,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(`d${index}`, 'app: hook')}---\n${service('hook', 'app: hook')}---\n` +
          `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w${index}}\nwebhooks: [{name: a.example.com, clientConfig: {service: {name: hook, namespace: default, port: 80}}}]\n`,
      ),
  },
];
