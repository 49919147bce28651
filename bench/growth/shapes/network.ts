import {
  deployment,
  documents,
  networkPolicy,
  object,
  repeat,
  service,
  workloads,
} from '../manifests.ts';
import type {Shape} from '../shape.ts';

const least = 'networkPolicy: {ingress: least}\n';
const leastBoth = 'networkPolicy: {ingress: least, egress: least}\n';

/** Each with its own Service. */
const served = (count: number, labels = ''): string =>
  documents(
    count,
    index =>
      `${deployment(`d${index}`, `app: d${index}`)}---\n${service(`s${index}`, `app: d${index}`, labels)}`,
  );

const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n${data}---\n`;

/** Connections that the stream shows: by names, routes, monitors, webhooks. */
export const networkShapes: readonly Shape[] = [
  {
    name: 'one ConfigMap that names every Service, mounted by every workload',
    args: [],
    policy: least,
    from: 100,
    stream: count =>
      configMap(
        'all',
        repeat(count, index => `  u${index}: http://s${index}:80\n`),
      ) +
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
    name: 'the same, with `workloads`',
    args: [],
    from: 500,
    stream: count =>
      configMap(
        'all',
        repeat(count, index => `  u${index}: http://s${index}:80\n`),
      ) +
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
    name: 'one ConfigMap with many hosts outside the stream, read by every workload',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count => sharing(count, index => `https://api${index}.acme.io`),
  },
  {
    name: 'workloads behind Services that nothing names',
    args: [],
    policy: leastBoth,
    from: 250,
    stream: count => served(count),
  },
  {
    name: 'workloads that share a headless Service, each with a port of its own',
    args: [],
    policy: leastBoth,
    from: 250,
    stream: count =>
      documents(count, index =>
        deployment(
          `d${index}`,
          `app: d${index}, ring: all`,
          `          ports: [{containerPort: ${1000 + index}}]\n`,
        ),
      ) +
      object(
        'v1',
        'Service',
        'ring',
        'spec: {clusterIP: None, selector: {ring: all}, ports: [{port: 7946}]}',
      ),
  },
  {
    name: 'sidecars that read every labelled ConfigMap',
    args: [],
    policy: leastBoth,
    from: 250,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(
            `d${index}`,
            `app: d${index}`,
            '          env: [{name: LABEL, value: all}]\n',
          )}---\n${object('v1', 'ConfigMap', `c${index}`, 'data: {a: "http://s0:80"}').replace('metadata: {', 'metadata: {labels: {all: x}, ')}`,
      ) + service('s0', 'app: d0'),
  },
  {
    name: 'one ConfigMap that names no Service, mounted by every workload',
    args: [],
    policy: leastBoth,
    from: 1000,
    stream: count => sharing(count, index => `value-${index}`),
  },
  {
    name: 'each workload names the Service of the next',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(
            `d${index}`,
            `app: d${index}`,
            `          env: [{name: NEXT, value: "http://s${(index + 1) % count}:80"}]\n`,
          )}---\n${service(`s${index}`, `app: d${index}`)}`,
      ),
  },
  {
    name: 'each workload names one Service of which many have the name',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(
            `d${index}`,
            `app: d${index}`,
            '          env: [{name: NEXT, value: "http://same:80"}]\n',
          )}---\n${service('same', `app: d${index}`)}`,
      ),
  },
  {
    name: 'one workload with many variables that name Services',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count =>
      `${deployment(
        'client',
        'app: client',
        `          env:\n${repeat(count, index => `            - {name: V${index}, value: "s${index}:80"}\n`)}`,
      )}---\n${served(count)}`,
  },
  {
    name: 'one long text that names every Service, over and over',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count =>
      configMap(
        'all',
        `  text: "${repeat(count * 10, index => `http://s${index % count}:80/,`)}"\n`,
      ) +
      `${deployment('client', 'app: client', '          envFrom: [{configMapRef: {name: all}}]\n')}---\n` +
      served(count),
  },
  {
    name: 'ExternalName Services in a chain × workloads that name the first',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count =>
      documents(count, index =>
        object(
          'v1',
          'Service',
          `e${index}`,
          `spec: {type: ExternalName, externalName: e${index + 1}.default.svc.cluster.local}`,
        ),
      ) +
      documents(count, index =>
        deployment(
          `d${index}`,
          `app: d${index}`,
          '          env: [{name: V, value: "http://e0:80"}]\n',
        ),
      ),
  },
  {
    name: 'VirtualServices of one host × workloads that name it',
    args: [],
    policy: leastBoth,
    from: 250,
    stream: count =>
      documents(count, index =>
        object(
          'networking.istio.io/v1',
          'VirtualService',
          `v${index}`,
          `spec: {hosts: [s0], http: [{route: [{destination: {host: s${index}}}]}]}`,
        ),
      ) +
      documents(
        count,
        index =>
          `${deployment(
            `d${index}`,
            `app: d${index}`,
            '          env: [{name: V, value: "http://s0:80"}]\n',
          )}---\n${service(`s${index}`, `app: d${index}`)}`,
      ),
  },
  {
    name: 'EndpointSlices of one Service × workloads that name it',
    args: [],
    policy: leastBoth,
    from: 250,
    stream: count =>
      `${object('v1', 'Service', 'db', 'spec: {ports: [{port: 80}]}')}---\n` +
      documents(count, index =>
        object(
          'discovery.k8s.io/v1',
          'EndpointSlice',
          `e${index}`,
          `addressType: IPv4\nports: [{port: 80}]\nendpoints: [{addresses: [10.0.${index >> 8}.${index & 255}]}]`,
        ).replace('}\naddressType', ', labels: {kubernetes.io/service-name: db}}\naddressType'),
      ) +
      documents(count, index =>
        deployment(
          `d${index}`,
          `app: d${index}`,
          '          env: [{name: V, value: "http://db:80"}]\n',
        ),
      ),
  },
  {
    name: 'headless Services of different selectors × StatefulSets',
    args: [],
    policy: leastBoth,
    from: 500,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(`d${index}`, `app: d${index}`).replace('Deployment', 'StatefulSet')}---\n` +
          service(`s${index}`, `app: d${index}`).replace('spec: {', 'spec: {clusterIP: None, '),
      ),
  },
  {
    name: 'ServiceMonitors × Services that each selects',
    args: [],
    policy: least,
    from: 500,
    stream: count =>
      served(count, 'team: all') +
      documents(count, index =>
        object(
          'monitoring.coreos.com/v1',
          'ServiceMonitor',
          `m${index}`,
          'spec: {selector: {matchLabels: {team: all}}, endpoints: [{port: http}]}',
        ),
      ),
  },
  {
    name: 'ServiceMonitors × Services, with `workloads`',
    args: [],
    from: 500,
    stream: count =>
      served(count, 'team: all') +
      documents(count, index =>
        object(
          'monitoring.coreos.com/v1',
          'ServiceMonitor',
          `m${index}`,
          'spec: {selector: {matchLabels: {team: all}}, endpoints: [{port: http}]}',
        ),
      ),
  },
  {
    name: 'PodMonitors × workloads that each selects',
    args: [],
    policy: least,
    from: 500,
    stream: count =>
      workloads(count, ', tier: web') +
      documents(count, index =>
        object(
          'monitoring.coreos.com/v1',
          'PodMonitor',
          `m${index}`,
          'spec: {selector: {matchLabels: {tier: web}}, podMetricsEndpoints: [{portNumber: 8080}]}',
        ),
      ),
  },
  {
    name: 'paths of one Ingress × Services',
    args: [],
    policy: least,
    from: 500,
    stream: count =>
      served(count) +
      object(
        'networking.k8s.io/v1',
        'Ingress',
        'i',
        `spec:\n  rules:\n    - http:\n        paths:\n${repeat(count, index => `          - {path: /${index}, pathType: Prefix, backend: {service: {name: s${index}, port: {number: 80}}}}\n`)}`,
      ),
  },
  {
    name: 'HTTPRoutes × backends of one Service by different ports',
    args: [],
    policy: least,
    from: 500,
    stream: count =>
      `${deployment('d', 'app: d')}---\n` +
      `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: d}, ports: [${Array.from({length: count}, (_, at) => `{name: p${at}, port: ${at + 1}}`).join(', ')}]}\n---\n` +
      documents(count, index =>
        object(
          'gateway.networking.k8s.io/v1',
          'HTTPRoute',
          `r${index}`,
          `spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: s, port: ${index + 1}}]}]}`,
        ),
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
          object(
            'admissionregistration.k8s.io/v1',
            'ValidatingWebhookConfiguration',
            `w${index}`,
            'webhooks: [{name: a.example.com, clientConfig: {service: {name: hook, namespace: default, port: 80}}}]',
          ),
      ),
  },
  {
    name: 'webhooks of different ports × Services of one name and different selectors',
    args: [],
    from: 500,
    stream: count =>
      documents(
        count,
        index =>
          `${deployment(`d${index}`, `app: d${index}`)}---\n${service('hook', `app: d${index}`)}---\n` +
          object(
            'admissionregistration.k8s.io/v1',
            'ValidatingWebhookConfiguration',
            `w${index}`,
            `webhooks: [{name: a.example.com, clientConfig: {service: {name: hook, namespace: default, port: ${index + 1}}}}]`,
          ),
      ),
  },
  {
    name: 'role bindings × workloads of one account',
    args: ['--profile', 'strict'],
    policy: leastBoth,
    from: 500,
    stream: count =>
      documents(count, index =>
        deployment(`d${index}`, `app: d${index}`, '', '      serviceAccountName: shared\n'),
      ) +
      documents(count, index =>
        object(
          'rbac.authorization.k8s.io/v1',
          'RoleBinding',
          `b${index}`,
          'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: shared}]',
        ),
      ),
  },
  {
    name: 'declared connections × workloads',
    args: [],
    policy: `networkPolicy:\n  ingress: least\n  connections:\n${repeat(100, index => `    - {from: {workload: {name: "d*"}}, to: {workload: {name: d${index}}}, ports: [{protocol: TCP, port: 8080}], reason: r}\n`)}`,
    from: 100,
    stream: count => workloads(count),
  },
  {
    name: 'network: workloads alone',
    args: ['network', '-'],
    from: 500,
    stream: count => served(count),
  },
  {
    name: 'network: one policy with as many peers and ports as workloads',
    args: ['network', '-'],
    from: 25,
    stream: count =>
      workloads(count, ', t: x') +
      networkPolicy(
        'p',
        `podSelector: {matchLabels: {t: x}}, ingress: [{from: [${repeat(count, index => `{podSelector: {matchLabels: {app: d${index}}}}, `)}], ports: [${repeat(count, index => `{port: ${index + 1}}, `)}]}]`,
      ),
  },
  {
    name: 'network: policies whose peers each name other workloads',
    args: ['network', '-'],
    from: 250,
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
    name: 'network: policies of one peer that select all but one',
    args: ['network', '-'],
    from: 250,
    stream: count =>
      workloads(count) +
      documents(count, index =>
        networkPolicy(
          `p${index}`,
          `podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [d${index}]}]}, ingress: [{from: [{podSelector: {matchLabels: {app: d0}}}]}]`,
        ),
      ),
  },
  {
    name: 'network: one policy of many ranges × workloads',
    args: ['network', '-'],
    from: 100,
    stream: count =>
      workloads(count) +
      networkPolicy(
        'p',
        `podSelector: {}, ingress: [{from: [${Array.from({length: count}, (_, index) => `{ipBlock: {cidr: 10.0.${index >> 8}.${index & 255}/32}}`).join(', ')}]}]`,
      ),
  },
  {
    name: 'network: each policy names each other workload by its label',
    args: ['network', '-', '--format', 'json'],
    from: 500,
    stream: count =>
      documents(count, index => deployment(`d${index}`, `app: d${index}`)) +
      documents(count, index =>
        networkPolicy(
          `p${index}`,
          `podSelector: {matchLabels: {app: d${index}}}, ingress: [{from: [{podSelector: {matchLabels: {app: d${(index + 1) % count}}}}]}]`,
        ),
      ),
  },
];

/** Workloads that all take a variable from each of as many keys of one ConfigMap. */
function sharing(count: number, textOf: (index: number) => string): string {
  const variables = repeat(count, index => `  u${index}: ${textOf(index)}\n`);
  const envFrom = '          envFrom: [{configMapRef: {name: all}}]\n';
  const workloads = documents(count, index => deployment(`d${index}`, `app: d${index}`, envFrom));
  return configMap('all', variables) + workloads;
}
