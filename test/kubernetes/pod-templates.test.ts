import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import type {CustomWorkload} from '../../src/policy/policy.ts';
import {rules} from '../../src/rules/index.ts';

const choicesFor = (...ids: readonly string[]): PolicyChoices => ({
  annotate: false,
  rules: Object.fromEntries(rules.map(({id}) => [id, ids.includes(id) ? 'fix' : 'off'] as const)),
});

const object = (kind: string, more: string) => {
  const at = kind.lastIndexOf('/');
  return `apiVersion: ${kind.slice(0, at)}
kind: ${kind.slice(at + 1)}
metadata: {name: a}
${more}
`;
};

/** The path where no-host-network finds and removes the field in a custom resource. */
const finds = test.macro((t, kind: string, more: string, paths: readonly string[]) => {
  const {text, findings} = harden(
    object(kind, more),
    'in',
    resolvePolicy(choicesFor('no-host-network')),
  );
  t.deepEqual(
    findings.map(({status, path}) => `${status} ${path}`),
    paths.map(path => `fixed ${path}/hostNetwork`),
  );
  t.notRegex(text, /hostNetwork/);
});

const spec = '{hostNetwork: true, containers: [{name: a}]}';
const template = `{spec: ${spec}}`;

for (const [kind, more, paths] of [
  ['extensions/v1beta1/Deployment', `spec: {template: ${template}}`, ['/spec/template/spec']],
  [
    'apps.openshift.io/v1/DeploymentConfig',
    `spec: {template: ${template}}`,
    ['/spec/template/spec'],
  ],
  ['argoproj.io/v1alpha1/Rollout', `spec: {template: ${template}}`, ['/spec/template/spec']],
  ['argoproj.io/v1alpha1/Workflow', `spec: {hostNetwork: true, templates: []}`, ['/spec']],
  [
    'argoproj.io/v1alpha1/CronWorkflow',
    `spec: {workflowSpec: {hostNetwork: true}}`,
    ['/spec/workflowSpec'],
  ],
  ['serving.knative.dev/v1/Service', `spec: {template: ${template}}`, ['/spec/template/spec']],
  ['serving.knative.dev/v1/Revision', `spec: ${spec}`, ['/spec']],
  [
    'keda.sh/v1alpha1/ScaledJob',
    `spec: {jobTargetRef: {template: ${template}}}`,
    ['/spec/jobTargetRef/template/spec'],
  ],
  [
    'jobset.x-k8s.io/v1alpha2/JobSet',
    `spec: {replicatedJobs: [{template: {spec: {template: ${template}}}}, {template: {spec: {template: ${template}}}}]}`,
    [
      '/spec/replicatedJobs/0/template/spec/template/spec',
      '/spec/replicatedJobs/1/template/spec/template/spec',
    ],
  ],
  [
    'leaderworkerset.x-k8s.io/v1/LeaderWorkerSet',
    `spec: {leaderWorkerTemplate: {workerTemplate: ${template}}}`,
    ['/spec/leaderWorkerTemplate/workerTemplate/spec'],
  ],
  [
    'ray.io/v1/RayCluster',
    `spec: {headGroupSpec: {template: ${template}}, workerGroupSpecs: [{template: ${template}}]}`,
    ['/spec/headGroupSpec/template/spec', '/spec/workerGroupSpecs/0/template/spec'],
  ],
  [
    'ray.io/v1/RayJob',
    `spec: {submitterPodTemplate: ${template}, rayClusterSpec: {headGroupSpec: {template: ${template}}}}`,
    ['/spec/rayClusterSpec/headGroupSpec/template/spec', '/spec/submitterPodTemplate/spec'],
  ],
  [
    'ray.io/v1/RayService',
    `spec: {rayClusterConfig: {workerGroupSpecs: [{template: ${template}}]}}`,
    ['/spec/rayClusterConfig/workerGroupSpecs/0/template/spec'],
  ],
  ['apps.kruise.io/v1alpha1/CloneSet', `spec: {template: ${template}}`, ['/spec/template/spec']],
  ['apps.kruise.io/v1beta1/StatefulSet', `spec: {template: ${template}}`, ['/spec/template/spec']],
  [
    'batch.volcano.sh/v1alpha1/Job',
    `spec: {tasks: [{template: ${template}}]}`,
    ['/spec/tasks/0/template/spec'],
  ],
  [
    'kubeflow.org/v1/PyTorchJob',
    `spec: {pytorchReplicaSpecs: {Master: {template: ${template}}, Worker: {template: ${template}}}}`,
    [
      '/spec/pytorchReplicaSpecs/Master/template/spec',
      '/spec/pytorchReplicaSpecs/Worker/template/spec',
    ],
  ],
  [
    'ray.io/v1/RayCronJob',
    `spec: {jobTemplate: {rayClusterSpec: {headGroupSpec: {template: ${template}}}}}`,
    ['/spec/jobTemplate/rayClusterSpec/headGroupSpec/template/spec'],
  ],
  [
    'batch.volcano.sh/v1alpha1/CronJob',
    `spec: {jobTemplate: {spec: {tasks: [{template: ${template}}]}}}`,
    ['/spec/jobTemplate/spec/tasks/0/template/spec'],
  ],
  [
    'disaggregatedset.x-k8s.io/v1/DisaggregatedSet',
    `spec: {roles: [{spec: {leaderWorkerTemplate: {workerTemplate: ${template}}}}]}`,
    ['/spec/roles/0/spec/leaderWorkerTemplate/workerTemplate/spec'],
  ],
  [
    'trainer.kubeflow.org/v1alpha1/TrainJob',
    `spec: {runtimePatches: [{trainingRuntimeSpec: {template: {spec: {replicatedJobs: [{template: {spec: {template: ${template}}}}]}}}}]}`,
    [
      '/spec/runtimePatches/0/trainingRuntimeSpec/template/spec/replicatedJobs/0/template/spec/template/spec',
    ],
  ],
  [
    'actions.github.com/v1alpha1/AutoscalingRunnerSet',
    `spec: {template: ${template}, listenerTemplate: ${template}}`,
    ['/spec/template/spec', '/spec/listenerTemplate/spec'],
  ],
  [
    'sparkoperator.k8s.io/v1beta2/ScheduledSparkApplication',
    'spec: {template: {driver: {hostNetwork: true}}}',
    ['/spec/template/driver'],
  ],
  ['opentelemetry.io/v1alpha1/TargetAllocator', 'spec: {hostNetwork: true}', ['/spec']],
  [
    'tekton.dev/v1/PipelineRun',
    'spec: {taskRunTemplate: {podTemplate: {hostNetwork: true}}}',
    ['/spec/taskRunTemplate/podTemplate'],
  ],
  ['monitoring.coreos.com/v1/Prometheus', 'spec: {hostNetwork: true}', ['/spec']],
  [
    'elasticsearch.k8s.elastic.co/v1/Elasticsearch',
    `spec: {nodeSets: [{podTemplate: ${template}}]}`,
    ['/spec/nodeSets/0/podTemplate/spec'],
  ],
  [
    'datadoghq.com/v2alpha1/DatadogAgent',
    'spec: {override: {nodeAgent: {hostNetwork: true}}}',
    ['/spec/override/nodeAgent'],
  ],
] as const) {
  test(`the pods of ${kind}`, finds, kind, more, paths);
}

/** The results of a rule that sets a field, and one that removes a field, in a custom resource. */
const rewrites = test.macro(
  (t, kind: string, before: string, after: string, seen: readonly string[]) => {
    const policy = resolvePolicy(choicesFor('no-privilege-escalation', 'no-privileged'));
    const {text, findings} = harden(object(kind, before), 'in', policy);
    t.is(text, object(kind, after));
    t.deepEqual(
      findings.map(({status, rule, path}) => `${status} ${rule} ${path}`),
      seen,
    );
  },
);

test(
  'settings: what is unsafe goes, and nothing is added',
  rewrites,
  'monitoring.coreos.com/v1/Prometheus',
  `spec:
  containers:
    - name: a
    - name: b
      securityContext:
        privileged: true
        runAsUser: 1`,
  `spec:
  containers:
    - name: a
    - name: b
      securityContext:
        runAsUser: 1`,
  ['fixed no-privileged /spec/containers/1/securityContext/privileged'],
);
test(
  'settings: a value that is there is set',
  rewrites,
  'monitoring.coreos.com/v1/Alertmanager',
  `spec:
  containers:
    - name: a
      securityContext: {allowPrivilegeEscalation: true}`,
  `spec:
  containers:
    - name: a
      securityContext: {allowPrivilegeEscalation: false}`,
  ['fixed no-privilege-escalation /spec/containers/0/securityContext/allowPrivilegeEscalation'],
);
test(
  'a container’s own fields among the settings',
  rewrites,
  'opentelemetry.io/v1beta1/OpenTelemetryCollector',
  `spec:
  mode: daemonset
  securityContext:
    privileged: true`,
  'spec:\n  mode: daemonset',
  ['fixed no-privileged /spec/securityContext/privileged'],
);
test(
  'containers beside those of the collector, and its allocator',
  rewrites,
  'opentelemetry.io/v1beta1/OpenTelemetryCollector',
  `spec:
  mode: daemonset
  additionalContainers:
    - name: a
      securityContext:
        privileged: true
        runAsUser: 1
  targetAllocator:
    enabled: true
    securityContext: {privileged: true}`,
  `spec:
  mode: daemonset
  additionalContainers:
    - name: a
      securityContext:
        runAsUser: 1
  targetAllocator:
    enabled: true`,
  [
    'fixed no-privileged /spec/additionalContainers/0/securityContext/privileged',
    'fixed no-privileged /spec/targetAllocator/securityContext/privileged',
  ],
);
test(
  'containers by name',
  rewrites,
  'datadoghq.com/v2alpha1/DatadogAgent',
  `spec:
  override:
    nodeAgent:
      containers:
        agent: {logLevel: debug, securityContext: {privileged: true}}`,
  `spec:
  override:
    nodeAgent:
      containers:
        agent: {logLevel: debug}`,
  ['fixed no-privileged /spec/override/nodeAgent/containers/agent/securityContext/privileged'],
);
test(
  'ephemeral containers that a job adds to pods',
  rewrites,
  'apps.kruise.io/v1alpha1/EphemeralJob',
  `spec:
  template:
    ephemeralContainers:
      - name: a
        image: b`,
  `spec:
  template:
    ephemeralContainers:
      - name: a
        image: b
        securityContext:
          allowPrivilegeEscalation: false`,
  [
    'fixed no-privilege-escalation /spec/template/ephemeralContainers/0/securityContext/allowPrivilegeEscalation',
  ],
);
test(
  'the containers of a workflow, wherever a template has them',
  rewrites,
  'argoproj.io/v1alpha1/WorkflowTemplate',
  `spec:
  templates:
    - name: a
      container:
        image: x
    - name: b
      dag: {tasks: [{name: t, inline: {script: {image: x}}}]}
    - name: c
      containerSet:
        containers:
          - name: d`,
  `spec:
  templates:
    - name: a
      container:
        image: x
        securityContext:
          allowPrivilegeEscalation: false
    - name: b
      dag: {tasks: [{name: t, inline: {script: {image: x, securityContext: {allowPrivilegeEscalation: false}}}}]}
    - name: c
      containerSet:
        containers:
          - name: d
            securityContext:
              allowPrivilegeEscalation: false`,
  [
    'fixed no-privilege-escalation /spec/templates/0/container/securityContext/allowPrivilegeEscalation',
    'fixed no-privilege-escalation /spec/templates/2/containerSet/containers/0/securityContext/allowPrivilegeEscalation',
    'fixed no-privilege-escalation /spec/templates/1/dag/tasks/0/inline/script/securityContext/allowPrivilegeEscalation',
  ],
);
test(
  'the steps of a task',
  rewrites,
  'tekton.dev/v1beta1/Task',
  `spec:
  stepTemplate:
    securityContext:
      privileged: true
    image: x
  steps:
    - name: a`,
  `spec:
  stepTemplate:
    image: x
  steps:
    - name: a
      securityContext:
        allowPrivilegeEscalation: false`,
  [
    'fixed no-privileged /spec/stepTemplate/securityContext/privileged',
    'fixed no-privilege-escalation /spec/steps/0/securityContext/allowPrivilegeEscalation',
  ],
);

/** Whether `workloads` of a policy find a host network. */
const declared = test.macro((t, more: string, workload: Partial<CustomWorkload>, path: string) => {
  const workloads = [{group: 'example.com', kind: 'Fleet', path: 'spec', ...workload}];
  const policy = resolvePolicy({
    ...choicesFor('no-host-network', 'no-privilege-escalation'),
    workloads,
  });
  const {findings} = harden(object('example.com/v1/Fleet', more), 'in', policy);
  t.deepEqual(
    findings.map(finding => finding.path),
    [`${path}/hostNetwork`, `${path}/containers/0/securityContext/allowPrivilegeEscalation`].slice(
      0,
      workload.holds === 'settings' ? 1 : 2,
    ),
  );
});
test(
  'a template of a kind that the policy names',
  declared,
  `spec: {groups: [{template: ${template}}]}`,
  {path: 'spec.groups[*].template'},
  '/spec/groups/0/template/spec',
);
test(
  'a pod spec of such a kind',
  declared,
  `spec: {pods: {a: ${spec}}}`,
  {path: 'spec.pods.*', holds: 'spec'},
  '/spec/pods/a',
);
test('settings of such a kind', declared, `spec: ${spec}`, {holds: 'settings'}, '/spec');
