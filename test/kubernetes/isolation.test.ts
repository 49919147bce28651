import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';

const container = 'containers: [{name: c, image: "example.com/c:1.0"}]';
const pod = (metadata = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}${metadata}}
spec: {${container}}
`;
const job = (annotations: string) => `---
apiVersion: batch/v1
kind: Job
metadata: {name: web, annotations: {${annotations}}}
spec: {template: {metadata: {labels: {app: web}}, spec: {restartPolicy: Never, ${container}}}}
`;
const policy = (
  metadata = '',
  spec = 'podSelector: {}',
  apiVersion = 'networking.k8s.io/v1',
) => `---
apiVersion: ${apiVersion}
kind: NetworkPolicy
metadata: {name: own${metadata}}
spec: {${spec}}
`;
const annotated = (annotations: string) => `, annotations: {${annotations}}`;
const wave = (number: number) => `argocd.argoproj.io/sync-wave: "${number}"`;
const hook = (events: string, more = '') => annotated(`helm.sh/hook: "${events}"${more}`);
const succeeded = ', helm.sh/hook-delete-policy: hook-succeeded';

/** The result for the workload: `left alone`, `isolated` by an added policy, or `doubt`. */
function outcomeOf(stream: string): string {
  const {findings, text} = harden(stream, 'in.yaml', resolvePolicy({annotate: false}));
  const found = findings.filter(({rule}) => rule === 'require-network-policy');
  if (found.length === 0) return 'left alone';
  if (found.some(({status}) => status === 'flagged')) return 'doubt';
  const again = harden(text, 'in.yaml', resolvePolicy({annotate: false}));
  return again.text === text ? 'isolated' : 'hardened twice is not hardened once';
}

const becomes = test.macro((t, stream: string, outcome: string) => {
  t.is(outcomeOf(stream), outcome);
});

for (const [title, stream, outcome] of [
  ['a policy beside it', pod() + policy(), 'left alone'],
  ['both in one namespace', pod(', namespace: a') + policy(', namespace: a'), 'left alone'],
  ['two namespaces', pod(', namespace: a') + policy(', namespace: b'), 'isolated'],
  ['the policy alone names its namespace', pod() + policy(', namespace: kube-public'), 'doubt'],
  ['the pod alone names its namespace', pod(', namespace: a') + policy(), 'doubt'],
  [
    'one that is sure behind one that is not',
    pod() + policy(', namespace: b') + policy().replace('name: own', 'name: other'),
    'left alone',
  ],
  ['a version that is not', pod() + policy('', '', 'networking.k8s.io/v9'), 'isolated'],
  ['a version that was', pod() + policy('', '', 'networking.k8s.io/v1beta1'), 'isolated'],
  ['a group that has it no more', pod() + policy('', '', 'extensions/v1beta1'), 'isolated'],
  ['no spec', pod() + policy('', '').replace('spec: {}\n', ''), 'left alone'],
  ['egress alone', pod() + policy('', 'podSelector: {}, policyTypes: [Egress]'), 'isolated'],
  ['a type in small letters', pod() + policy('', 'policyTypes: [ingress]'), 'isolated'],
  ['types that are a text', pod() + policy('', 'policyTypes: Ingress'), 'isolated'],
  ['a selector that is a list', pod() + policy('', 'podSelector: []'), 'isolated'],
  ['labels that are numbers', pod() + policy('', 'podSelector: {matchLabels: {a: 1}}'), 'isolated'],
  [
    'an operator that is none',
    pod() +
      policy('', 'podSelector: {matchExpressions: [{key: app, operator: Is, values: [web]}]}'),
    'isolated',
  ],
  [
    'an operator without its values',
    pod() + policy('', 'podSelector: {matchExpressions: [{key: x, operator: NotIn}]}'),
    'isolated',
  ],
  ['a peer that is none', pod() + policy('', 'ingress: [{from: [{}]}]'), 'isolated'],
  [
    'a range that is none',
    pod() + policy('', 'ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]'),
    'isolated',
  ],
  ['a port that is none', pod() + policy('', 'ingress: [{ports: [{port: 0}]}]'), 'isolated'],
  ['a misspelt field', pod() + policy('', 'podSelector: {matchLables: {app: db}}'), 'doubt'],
  ['a name that is none', pod() + policy('').replace('name: own', 'name: Own_Policy'), 'isolated'],
  ['no name', pod() + policy('').replace('name: own', 'labels: {}'), 'isolated'],
  ['a prefix of a name', pod() + policy('').replace('name: own', 'generateName: own-'), 'isolated'],
  [
    'an owner that is not there',
    pod() + policy(', ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: b}]'),
    'isolated',
  ],
  [
    'one among the items of what is no list',
    `${pod()}---
apiVersion: v1
kind: ConfigMap
metadata: {name: data}
items: [{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: own}, spec: {podSelector: {}}}]
`,
    'doubt',
  ],
  [
    'one in a list',
    `${pod()}---
apiVersion: v1
kind: List
items: [{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: own}, spec: {podSelector: {}}}]
`,
    'left alone',
  ],
  [
    'one that kustomize leaves out',
    pod() + policy(annotated('config.kubernetes.io/local-config: "true"')),
    'doubt',
  ],
  [
    'one that Flux does not reconcile',
    pod() + policy(annotated('kustomize.toolkit.fluxcd.io/reconcile: Disabled')),
    'doubt',
  ],
  [
    'one that Flux does reconcile',
    pod() + policy(annotated('kustomize.toolkit.fluxcd.io/reconcile: enabled')),
    'left alone',
  ],
  [
    'one that Flux ignores',
    pod() + policy(', labels: {kustomize.toolkit.fluxcd.io/ssa: Ignore}'),
    'doubt',
  ],
  ['one that kapp only looks at', pod() + policy(annotated('kapp.k14s.io/noop: ""')), 'doubt'],
  [
    'one that kapp creates, but never updates',
    pod() + policy(annotated('kapp.k14s.io/update-strategy: skip')),
    'doubt',
  ],
  [
    'one for some clusters',
    pod() + policy(annotated('configmanagement.gke.io/cluster-selector: none')),
    'doubt',
  ],
  [
    'one that is left as it is in the cluster',
    pod() + policy(annotated('client.lifecycle.config.k8s.io/mutation: ignore')),
    'doubt',
  ],
  ['one that kluctl deletes', pod() + policy(annotated('kluctl.io/delete: "true"')), 'doubt'],
  ['a hook of kluctl', pod() + policy(annotated('kluctl.io/hook: post-deploy')), 'doubt'],
  [
    'one that Kyverno deletes after a time',
    pod() + policy(', labels: {cleanup.kyverno.io/ttl: 1m}'),
    'doubt',
  ],
  ['one that kube-janitor deletes', pod() + policy(annotated('janitor/ttl: 1m')), 'doubt'],
  ['a later wave of Argo', pod() + policy(annotated(wave(1))), 'doubt'],
  ['an earlier wave of Argo', pod() + policy(annotated(wave(-1))), 'left alone'],
  ['the wave of the pod', pod(annotated(wave(1))) + policy(annotated(wave(1))), 'left alone'],
  [
    'a later wave behind the wave of another pod',
    pod(annotated(wave(1))).replace('name: web', 'name: late') + pod() + policy(annotated(wave(1))),
    'doubt',
  ],
  [
    'a later wave than that of a hook of the same phase',
    pod(annotated('argocd.argoproj.io/hook: Sync')) + policy(annotated(wave(1))),
    'doubt',
  ],
  ['an object that is there already', pod() + policy(', resourceVersion: "1"'), 'isolated'],
  ['an empty version of an object', pod() + policy(', resourceVersion: ""'), 'left alone'],
  ['an identity of its own', pod() + policy(', uid: a'), 'doubt'],
  ['fields of a manager', pod() + policy(', managedFields: [{manager: a}]'), 'doubt'],
  ['no time', pod() + policy(', creationTimestamp: null'), 'left alone'],
  ['a time', pod() + policy(', creationTimestamp: "2024-02-29T00:00:00Z"'), 'left alone'],
  ['a day that is none', pod() + policy(', creationTimestamp: "2023-02-29T00:00:00Z"'), 'isolated'],
  ['a time that is none', pod() + policy(', creationTimestamp: now'), 'isolated'],
  ['a finalizer', pod() + policy(', finalizers: [example.com/a]'), 'left alone'],
  ['a finalizer that is none', pod() + policy(', finalizers: ["a b"]'), 'isolated'],
  ['a generation that is none', pod() + policy(', generation: "1"'), 'isolated'],
  [
    'more annotations than allowed',
    pod() + policy(annotated(`a: ${'x'.repeat(2 ** 17)}, b: ${'é'.repeat(2 ** 16)}`)),
    'isolated',
  ],
  ['a field that no metadata has', pod() + policy(', cluster: a'), 'doubt'],
  ['a field that no policy has', `${pod()}${policy()}rules: []\n`, 'doubt'],
  ['a patch that deletes it', `${pod()}${policy()}$patch: delete\n`, 'doubt'],
  ['a test', pod() + policy(hook('test')), 'isolated'],
  ['a test by its old name', pod() + policy(hook('test-success')), 'isolated'],
  ['a hook before the deletion', pod() + policy(hook('pre-delete')), 'isolated'],
  ['an event that is none', pod() + policy(hook('pre-instal')), 'isolated'],
  ['one event of two that is none', pod() + policy(hook('pre-install,x')), 'isolated'],
  ['an empty event', pod() + policy(hook('')), 'isolated'],
  ['a hook that is deleted', pod() + policy(hook('pre-install', succeeded)), 'isolated'],
  [
    'in capitals',
    pod() +
      policy(
        hook(
          'Pre-Install',
          succeeded
            .toUpperCase()
            .replace('HELM.SH/HOOK-DELETE-POLICY', 'helm.sh/hook-delete-policy'),
        ),
      ),
    'isolated',
  ],
  ['a hook that stays', pod() + policy(hook('pre-install')), 'doubt'],
  ['a hook that comes later', pod() + policy(hook('post-install')), 'doubt'],
  [
    'a hook by what Helm takes for metadata',
    pod() + policy().replace('spec:', 'Metadata: {Annotations: {helm.sh/hook: test}}\nspec:'),
    'isolated',
  ],
  [
    'an item of a list that is a hook',
    `${pod()}---
apiVersion: v1
kind: List
metadata: {annotations: {helm.sh/hook: test}}
items:
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: own}, spec: {podSelector: {}}}
`,
    'isolated',
  ],
  [
    'an item that is a hook, of a list that is none',
    `${pod()}---
apiVersion: v1
kind: List
items:
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: own, annotations: {helm.sh/hook: test}}, spec: {podSelector: {}}}
`,
    'left alone',
  ],
  [
    'a hook of Argo that is skipped',
    pod() + policy(annotated('argocd.argoproj.io/hook: Skip')),
    'isolated',
  ],
  ['a hook of Argo', pod() + policy(annotated('argocd.argoproj.io/hook: PreSync')), 'doubt'],
  [
    'a hook of Argo that is deleted',
    pod() +
      policy(
        annotated(
          'argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: HookSucceeded',
        ),
      ),
    'isolated',
  ],
  [
    'a later one of its name that opens',
    pod() + policy() + policy('', 'policyTypes: [Egress]'),
    'isolated',
  ],
  [
    'a later one of its name that closes',
    pod() + policy('', 'policyTypes: [Egress]') + policy(),
    'doubt',
  ],
  [
    'a later one of its name that isolates the same pods',
    pod() + policy('', 'podSelector: {}, ingress: [{from: [{podSelector: {}}]}]') + policy(),
    'left alone',
  ],
  [
    'a later one of its name that isolates other pods as well',
    pod() + policy('', 'podSelector: {matchLabels: {app: web}}') + policy(),
    'doubt',
  ],
  [
    'three of its name, of which two isolate the same pods',
    pod() + policy() + policy('', 'policyTypes: [Egress]') + policy(),
    'doubt',
  ],
  [
    'one of its name in what may be its namespace',
    pod() + policy() + policy(', namespace: default', 'policyTypes: [Egress]'),
    'doubt',
  ],
  ['a hook of its name', pod() + policy() + policy(hook('test', succeeded)), 'isolated'],
  ['a job that runs before the release', job('helm.sh/hook: pre-install') + policy(), 'isolated'],
  [
    'a job that runs beside the release',
    job('helm.sh/hook: post-install') + policy(),
    'left alone',
  ],
  ['a test beside the release', job('helm.sh/hook: test') + policy(), 'left alone'],
  [
    'a hook before a hook',
    job('helm.sh/hook: pre-install') + policy(hook('pre-install', ', helm.sh/hook-weight: "-1"')),
    'left alone',
  ],
  [
    'a hook before a hook, by its name',
    job('helm.sh/hook: pre-install') + policy(hook('pre-install')),
    'left alone',
  ],
  [
    'a hook after a hook',
    job('helm.sh/hook: pre-install') + policy(hook('pre-install', ', helm.sh/hook-weight: "1"')),
    'doubt',
  ],
  [
    'a hook before one of the events of a hook',
    job('helm.sh/hook: "pre-install,pre-upgrade"') +
      policy(hook('pre-install', `, helm.sh/hook-weight: "-1"${succeeded}`)),
    'isolated',
  ],
] as const) {
  test(title, becomes, stream, outcome);
}

const workload = (apiVersion: string, kind: string, labels = 'app: web', more = '') => `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: web}
spec: {${more}selector: {matchLabels: {app: web}}, template: {metadata: {labels: {${labels}}}, spec: {${container}}}}
`;
const deployment = (labels?: string) => workload('apps/v1', 'Deployment', labels);
const cronJob = (more = '') => `---
apiVersion: batch/v1
kind: CronJob
metadata: {name: web}
spec: {jobTemplate: {spec: {${more}template: {metadata: {labels: {app: web}}, spec: {restartPolicy: Never, ${container}}}}}}
`;
const byExpression = (expression: string) =>
  policy('', `podSelector: {matchExpressions: [{${expression}}]}`);
const without = (key: string) => byExpression(`key: ${key}, operator: DoesNotExist`);
const having = (key: string) => byExpression(`key: ${key}, operator: Exists`);
const notIn = (key: string) => byExpression(`key: ${key}, operator: NotIn, values: [x]`);

for (const [title, stream, outcome] of [
  ['a Deployment without a hash', deployment() + without('pod-template-hash'), 'isolated'],
  ['a Deployment with a hash', deployment() + having('pod-template-hash'), 'left alone'],
  ['a Deployment with another hash', deployment() + notIn('pod-template-hash'), 'doubt'],
  [
    'a hash that the template claims',
    deployment('app: web, pod-template-hash: x') +
      policy('', 'podSelector: {matchLabels: {pod-template-hash: x}}'),
    'doubt',
  ],
  ['a Pod without a hash', pod() + without('pod-template-hash'), 'left alone'],
  [
    'a ReplicaSet without a hash',
    workload('apps/v1', 'ReplicaSet') + without('pod-template-hash'),
    'left alone',
  ],
  [
    'a DaemonSet without a revision',
    workload('apps/v1', 'DaemonSet') + without('controller-revision-hash'),
    'isolated',
  ],
  [
    'a StatefulSet without a pod name',
    workload('apps/v1', 'StatefulSet') + without('statefulset.kubernetes.io/pod-name'),
    'isolated',
  ],
  [
    'a StatefulSet without an index',
    workload('apps/v1', 'StatefulSet') + without('apps.kubernetes.io/pod-index'),
    'isolated',
  ],
  ['a Job without its name', job('') + without('batch.kubernetes.io/job-name'), 'isolated'],
  ['a Job with another name', job('') + notIn('job-name'), 'left alone'],
  ['a Job without its controller', job('') + without('controller-uid'), 'isolated'],
  [
    'a Job that selects its pods itself',
    job('').replace('spec: {', 'spec: {manualSelector: true, ') + without('controller-uid'),
    'left alone',
  ],
  ['a CronJob without a Job', cronJob() + without('job-name'), 'isolated'],
  ['a CronJob with a Job', cronJob() + having('batch.kubernetes.io/job-name'), 'left alone'],
  [
    'a CronJob without an index',
    cronJob() + without('batch.kubernetes.io/job-completion-index'),
    'left alone',
  ],
  [
    'a CronJob with indices',
    cronJob('completionMode: Indexed, ') + without('batch.kubernetes.io/job-completion-index'),
    'isolated',
  ],
  ['everything but Jobs', deployment() + without('job-name'), 'left alone'],
  ['pods outside of zones', pod() + without('topology.kubernetes.io/zone'), 'doubt'],
  ['pods outside of a zone', deployment() + notIn('topology.kubernetes.io/region'), 'doubt'],
  [
    'a zone that the template claims',
    deployment('app: web, topology.kubernetes.io/zone: x') +
      policy('', 'podSelector: {matchLabels: {topology.kubernetes.io/zone: x}}'),
    'doubt',
  ],
  ['what an injector adds', deployment() + without('security.istio.io/tlsMode'), 'doubt'],
  ['what an admission plugin may add', pod() + notIn('example.com/team'), 'doubt'],
  [
    'what the template sets',
    deployment('app: web, example.com/team: one') + notIn('example.com/team'),
    'left alone',
  ],
  [
    'an empty value',
    deployment('app: web, example.com/team: ""') +
      policy('', 'podSelector: {matchLabels: {example.com/team: ""}}'),
    'left alone',
  ],
  ['another component', deployment() + notIn('app.kubernetes.io/component'), 'left alone'],
  ['a label of the chart', deployment() + without('role'), 'left alone'],
  [
    'a controller of its own',
    workload('apps.kruise.io/v1alpha1', 'CloneSet') + without('controller-revision-hash'),
    'doubt',
  ],
  [
    'an Argo Rollout without a hash',
    workload('argoproj.io/v1alpha1', 'Rollout') + without('rollouts-pod-template-hash'),
    'isolated',
  ],
  [
    'a sure one behind one in doubt',
    deployment() + notIn('example.com/team') + policy().replace('name: own', 'name: other'),
    'left alone',
  ],
] as const) {
  test(`running pods: ${title}`, becomes, stream, outcome);
}

test('an added policy selects by labels that the running pods have', t => {
  const stateful = workload(
    'apps/v1',
    'StatefulSet',
    'app: web, apps.kubernetes.io/pod-index: "0"',
  );
  const selector =
    'matchExpressions: [{key: apps.kubernetes.io/pod-index, operator: DoesNotExist}]';
  const bare = pod().replace('app: web', 'app: web, topology.kubernetes.io/zone: x');
  for (const stream of [stateful.replace('matchLabels: {app: web}', selector), bare]) {
    const {text} = harden(stream, 'in.yaml', resolvePolicy({annotate: false}));
    t.regex(text, /podSelector:\n {4}matchLabels:\n {6}app: web\n {2}\S/);
  }
});

test('many policies in doubt about many pods take no time, or are refused', t => {
  const streams = [500, 4000].map(count =>
    Array.from(
      {length: count},
      (_, at) =>
        deployment().replace('name: web', `name: web${at}`) +
        byExpression(`key: example.com/a, operator: NotIn, values: [v${at}]`).replace(
          'name: own',
          `name: own${at}`,
        ),
    ).join(''),
  );
  t.is(outcomeOf(streams[0] ?? ''), 'doubt');
  const started = process.cpuUsage();
  t.throws(() => outcomeOf(streams[1] ?? ''), {message: /comparisons with labels/});
  const {user, system} = process.cpuUsage(started);
  t.true(user + system < 30_000_000);
});
