/** Pods that operators create from custom resources, checked with the evaluator. */
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import type {NetworkPolicySettings} from '../../../src/policy/network-policy.ts';
import {Cluster} from '../evaluator.ts';

const object = (apiVersion: string, kind: string, spec = '{}', metadata = 'name: x') => `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {${metadata}, namespace: shop}
spec: ${spec}
`;

/** A pod in the cluster that is in no manifest of the stream. */
const made = (name: string, labels: string, namespace = 'shop', ports = '') =>
  `---
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}}
spec: {containers: [{ports: [${ports}]}]}
`;

const neighbours =
  made('other', 'app: other') +
  made('activator', 'app: activator', 'knative-serving') +
  made('prometheus', 'app.kubernetes.io/name: prometheus', 'monitoring');

const hardened = (stream: string, settings: Partial<NetworkPolicySettings> = {}): string =>
  harden(stream, 'in', resolvePolicy({networkPolicy: settings})).text;

/** Who reaches the pod `made` on which of `ports`, and whom the pod reaches. */
function reach(text: string, made: string, ports: readonly number[]): readonly string[] {
  const cluster = new Cluster(text + made + neighbours, 'shop');
  // The object itself looks like a pod because of its template, but is not one.
  const pods = cluster.pods.map(({name}) => name).filter(name => name !== 'x');
  const names = [...pods, '203.0.113.7'];
  return names.flatMap(name => {
    const from = name === '203.0.113.7' ? name : cluster.pod(name);
    return ports
      .filter(port => cluster.admits(from, cluster.pod('made'), port))
      .map(port => `${name} ${port}`);
  });
}

const covers = test.macro((t, stream: string, labels: string) => {
  const text = hardened(stream);
  t.is(hardened(text), text);
  t.deepEqual(reach(hardened(stream, {ingress: 'deny'}), made('made', labels), [80, 8080]), []);
  t.deepEqual(
    reach(text, made('made', labels), [80]).filter(each => !each.startsWith('made')),
    [],
  );
  t.not(reach(text, made('made', 'app: x'), [80]).length, 0);
});

const podSpec = '{containers: [{name: a, image: a}]}';
test(
  'a TaskRun',
  covers,
  object('tekton.dev/v1', 'TaskRun', '{taskRef: {name: t}}'),
  'tekton.dev/taskRun: x',
);
test(
  'a PipelineRun',
  covers,
  object('tekton.dev/v1', 'PipelineRun', '{pipelineRef: {name: p}}'),
  'tekton.dev/pipelineRun: x',
);
test(
  'a Task',
  covers,
  object('tekton.dev/v1', 'Task', '{steps: [{image: a}]}'),
  'tekton.dev/task: x',
);
test(
  'a Pipeline',
  covers,
  object('tekton.dev/v1', 'Pipeline', '{tasks: []}'),
  'tekton.dev/pipeline: x',
);
test(
  'a Workflow',
  covers,
  object('argoproj.io/v1alpha1', 'Workflow', '{templates: [{container: {image: a}}]}'),
  'workflows.argoproj.io/workflow: x',
);
test(
  'a SparkApplication',
  covers,
  object('sparkoperator.k8s.io/v1beta2', 'SparkApplication', '{driver: {}, executor: {}}'),
  'sparkoperator.k8s.io/app-name: x',
);
test(
  'a Knative Service',
  covers,
  object('serving.knative.dev/v1', 'Service', `{template: {spec: ${podSpec}}}`),
  'serving.knative.dev/service: x',
);
test(
  'a Knative Configuration',
  covers,
  object('serving.knative.dev/v1', 'Configuration', `{template: {spec: ${podSpec}}}`),
  'serving.knative.dev/configuration: x',
);
test(
  'a Knative Revision',
  covers,
  object('serving.knative.dev/v1', 'Revision', podSpec),
  'serving.knative.dev/revision: x',
);

test('Knative: its own pods send requests on every rung but deny, and nobody else under least', t => {
  const stream = object('serving.knative.dev/v1', 'Service', `{template: {spec: ${podSpec}}}`);
  const pod = made('made', 'serving.knative.dev/service: x');
  const reached = (settings: Partial<NetworkPolicySettings>) =>
    reach(hardened(stream, settings), pod, [8012, 1]);
  t.deepEqual(reached({ingress: 'least', unnamed: 'deny'}), ['activator 8012']);
  t.deepEqual(reached({ingress: 'least', unnamed: 'deny', knative: []}), []);
  t.deepEqual(reached({}), ['made 8012', 'other 8012', 'activator 8012', 'prometheus 8012']);
  t.deepEqual(reached({ingress: 'deny'}), []);
});

test('the pods of one Workflow call each other, and no other Workflow’s', t => {
  const stream = object('argoproj.io/v1alpha1', 'Workflow', '{templates: []}');
  const pods =
    made('made', 'workflows.argoproj.io/workflow: x') +
    made('step', 'workflows.argoproj.io/workflow: x') +
    made('stranger', 'workflows.argoproj.io/workflow: y');
  for (const ingress of ['least', 'release', 'workloads'] as const) {
    const text = hardened(stream, {ingress, egress: 'least'});
    t.deepEqual(reach(text, pods, [6379]), ['made 6379', 'step 6379'], ingress);
  }
});

const monitoring = 'monitoring.coreos.com/v1';
const service = (name: string, selector: string, port: number) =>
  `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {${selector}}, ports: [{name: web, port: ${port}, targetPort: http-web}]}
`;
test('Prometheus Operator: Services lead to its pods, and alerts to Alertmanagers', t => {
  const stream =
    object(
      monitoring,
      'Prometheus',
      '{portName: http-web, alerting: {alertmanagers: [{name: alerts, namespace: shop, port: web}]}}',
    ) +
    object(monitoring, 'Alertmanager', '{portName: http-web}') +
    service('alerts', 'alertmanager: x, app.kubernetes.io/name: alertmanager', 9093) +
    service('metrics', 'operator.prometheus.io/name: x, app.kubernetes.io/name: prometheus', 9090) +
    `---
apiVersion: v1
kind: Pod
metadata: {name: board, namespace: shop, labels: {app: board}}
spec: {containers: [{name: a, image: a, args: ["http://metrics:9090"]}]}
`;
  const text = hardened(stream, {ingress: 'least', egress: 'least', unnamed: 'deny'});
  const labels = (kind: string) =>
    `${kind}: x, app.kubernetes.io/name: ${kind}, operator.prometheus.io/name: x`;
  const server = made(
    'server',
    labels('prometheus'),
    'shop',
    '{name: http-web, containerPort: 9090}',
  );
  const alerts = made(
    'alerts',
    labels('alertmanager'),
    'shop',
    '{name: http-web, containerPort: 9093}',
  );
  const called = (to: string) =>
    reach(text, (server + alerts).replace(`name: ${to}`, 'name: made'), [9090, 9093, 9094, 1]);
  t.deepEqual(called('server'), ['board 9090']);
  t.deepEqual(called('alerts'), ['server 9093', 'made 9090', 'made 9093', 'made 9094', 'made 1']);
});

const flags = test.macro((t, stream: string, expected: readonly string[]) => {
  const {findings, text} = harden(stream, 'in', resolvePolicy());
  const found = findings.filter(
    ({rule, status}) => rule === 'require-network-policy' && status === 'flagged',
  );
  t.deepEqual(
    found.map(({path, message}) => `${path} ${message.replace(/.*: an operator.*/, 'operator')}`),
    expected,
  );
  if (expected.length > 0) t.notRegex(text, /-kube-harden\n/);
});
test(
  'a kind whose operator’s labels are not known',
  flags,
  object('kibana.k8s.elastic.co/v1', 'Kibana', `{podTemplate: {spec: ${podSpec}}}`),
  ['/spec/podTemplate/spec operator'],
);
test(
  'a CronWorkflow, whose Workflows have names of their own',
  flags,
  object('argoproj.io/v1alpha1', 'CronWorkflow', '{workflowSpec: {templates: []}}'),
  ['/spec/workflowSpec operator'],
);
test(
  'a Workflow whose name is generated',
  flags,
  object('argoproj.io/v1alpha1', 'Workflow', '{templates: []}', 'generateName: x-'),
  ['/spec operator'],
);
test(
  'a name that is too long for a label',
  flags,
  object('tekton.dev/v1', 'Task', '{steps: [{image: a}]}', `name: ${'x'.repeat(64)}`),
  ['/spec operator'],
);
test(
  'pods in the network of their node',
  flags,
  object('argoproj.io/v1alpha1', 'Workflow', '{hostNetwork: true, templates: []}').replace(
    'hostNetwork: true',
    'hostNetwork: true',
  ),
  [],
);
test(
  'containers that others’ pods get',
  flags,
  object('apps.kruise.io/v1alpha1', 'SidecarSet', '{containers: [{name: a, image: a}]}'),
  [],
);
test(
  'a whole template is a workload like any other',
  flags,
  object(
    'argoproj.io/v1alpha1',
    'Rollout',
    `{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: ${podSpec}}}`,
  ),
  [],
);

test('pods that nobody can tell do not widen what a release admits', t => {
  const instance = 'app.kubernetes.io/instance: demo';
  const pod = (name: string) =>
    `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}, ${instance}}}
spec: {containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
`;
  const opaque = object('kibana.k8s.elastic.co/v1', 'Kibana', `{podTemplate: {spec: ${podSpec}}}`);
  const text = hardened(pod('a') + pod('b') + opaque, {ingress: 'release'});
  const policies = text.slice(text.indexOf('a-pod-kube-harden'));
  t.regex(
    policies,
    /from:\n {4}- podSelector:\n {8}matchLabels:\n {10}app.kubernetes.io\/instance: demo\n/,
  );
  t.notRegex(policies, /podSelector: \{\}/);
});
