/**
 * How much of a pod a place contains, and so what a rewrite may add there.
 *
 * - `template`: a complete PodSpec: any field may be added
 * - `containers`: a different structure around complete containers: fields may be added only within
 *   containers
 * - `settings`: some fields of a pod, which an operator completes: nothing may be added, and a
 *   missing field may still be set in the pod
 */
export type PodForm = 'template' | 'containers' | 'settings';

/** A place in objects of one kind with a pod, or some of its settings. */
export interface PodPlace {
  /** `*` stands for every item of a list, and for every value of a mapping. */
  readonly path: readonly string[];
  readonly form: PodForm;
  /** Whether the pod spec is the place itself; otherwise it is in `spec`, next to `metadata`. */
  readonly isBare?: true;
  /** The path of the containers from the pod spec, if it differs from that of a PodSpec. */
  readonly containers?: readonly (readonly string[])[];
  /** Whether only the schema of the kind shows it, which the author of a chart may have written. */
  readonly isDefined?: true;
}

/** Places by kind: `group/Kind`. */
export type PodPlaces = ReadonlyMap<string, readonly PodPlace[]>;

/** The steps of a path such as `spec.tasks[*].template` or `spec.tasks.*.template`. */
export const stepsOf = (path: string): readonly string[] => path.replaceAll('[*]', '.*').split('.');

const place =
  (form: PodForm, more: Pick<PodPlace, 'isBare' | 'containers'> = {}) =>
  (...paths: readonly string[]): readonly PodPlace[] =>
    paths.map(path => ({path: path === '' ? [] : stepsOf(path), form, ...more}));

const template = place('template');
const patch = place('settings');
const settings = place('settings', {isBare: true});
const knative = place('containers');
/** Settings of a pod with one container, whose fields are mixed with those of the pod. */
const container = place('settings', {
  isBare: true,
  containers: [[], ['sidecars'], ['initContainers'], ['additionalContainers']],
});
/** Settings of one container only. */
const lone = place('settings', {isBare: true, containers: [[]]});
const injected = place('containers', {isBare: true});
const steps = place('containers', {isBare: true, containers: [['steps'], ['sidecars']]});
const argo = place('containers', {
  isBare: true,
  containers: [
    ['initContainers'],
    ['container'],
    ['script'],
    ['containerSet', 'containers'],
    ['sidecars'],
  ],
});

const inTemplate = template('spec.template');

const workflow = (at: string): readonly PodPlace[] => [
  ...settings(at),
  ...argo(
    `${at}.templateDefaults`,
    `${at}.templates.*`,
    `${at}.templates.*.steps.*.*.inline`,
    `${at}.templates.*.dag.tasks.*.inline`,
  ),
];

const task = (at: string): readonly PodPlace[] => [...steps(at), ...lone(`${at}.stepTemplate`)];
const pipeline = (at: string): readonly PodPlace[] => [
  ...task(`${at}.tasks.*.taskSpec`),
  ...task(`${at}.finally.*.taskSpec`),
];

const rayCluster = (at: string): readonly PodPlace[] => [
  ...template(`${at}.headGroupSpec.template`, `${at}.workerGroupSpecs.*.template`),
  ...lone(`${at}.autoscalerOptions`),
];
const rayJob = (at: string): readonly PodPlace[] => [
  ...rayCluster(`${at}.rayClusterSpec`),
  ...template(`${at}.submitterPodTemplate`),
];
const sparkApplication = (at: string): readonly PodPlace[] => [
  ...container(`${at}.driver`, `${at}.executor`),
  ...patch(`${at}.driver.template`, `${at}.executor.template`),
];
const leaderWorkers = (at: string): readonly PodPlace[] =>
  template(
    `${at}.leaderWorkerTemplate.leaderTemplate`,
    `${at}.leaderWorkerTemplate.workerTemplate`,
  );
const replicas = (field: string): readonly PodPlace[] => template(`spec.${field}.*.template`);
const replicatedJobs = (at: string): readonly PodPlace[] =>
  template(`${at}.replicatedJobs.*.template.spec.template`);
const kruise = 'spec.template';

/**
 * The built-in kinds, and the custom resources whose schemas are known. Each place was compared
 * with the CustomResourceDefinition of the kind: of KubeRay v1.7, Volcano v1.16, LeaderWorkerSet
 * v0.10, JobSet v0.13, Agones v1.56, and OpenKruise, Kubeflow Trainer and Spark Operator as they
 * were in the summer of 2026; of the others as datree's catalogue of CRDs had them on 2026-08-20;
 * of Tekton and the Training Operator, whose schemas are open, against their Go types.
 */
const byKind: Readonly<Record<string, readonly PodPlace[]>> = {
  '/Pod': template(''),
  '/PodTemplate': template('template'),
  '/ReplicationController': inTemplate,
  'apps/DaemonSet': inTemplate,
  'apps/Deployment': inTemplate,
  'apps/ReplicaSet': inTemplate,
  'apps/StatefulSet': inTemplate,
  'extensions/DaemonSet': inTemplate,
  'extensions/Deployment': inTemplate,
  'extensions/ReplicaSet': inTemplate,
  'batch/CronJob': template('spec.jobTemplate.spec.template'),
  'batch/ScheduledJob': template('spec.jobTemplate.spec.template'),
  'batch/JobTemplate': template('template.spec.template'),
  'batch/Job': inTemplate,

  '/DeploymentConfig': inTemplate,
  'apps.openshift.io/DeploymentConfig': inTemplate,

  'argoproj.io/AnalysisTemplate': template('spec.metrics.*.provider.job.spec.template'),
  'argoproj.io/ClusterAnalysisTemplate': template('spec.metrics.*.provider.job.spec.template'),
  'argoproj.io/ClusterWorkflowTemplate': workflow('spec'),
  'argoproj.io/CronWorkflow': workflow('spec.workflowSpec'),
  'argoproj.io/Rollout': inTemplate,
  'argoproj.io/Workflow': workflow('spec'),
  'argoproj.io/WorkflowTemplate': workflow('spec'),

  // Knative's webhook refuses most fields of a PodSpec, but none of a container that a rule sets.
  'serving.knative.dev/Configuration': knative('spec.template'),
  'serving.knative.dev/Revision': knative(''),
  'serving.knative.dev/Service': knative('spec.template'),

  'keda.sh/ScaledJob': template('spec.jobTargetRef.template'),
  'jobset.x-k8s.io/JobSet': replicatedJobs('spec'),
  'trainer.kubeflow.org/ClusterTrainingRuntime': replicatedJobs('spec.template.spec'),
  'trainer.kubeflow.org/TrainingRuntime': replicatedJobs('spec.template.spec'),
  'trainer.kubeflow.org/TrainJob': patch(
    'spec.runtimePatches.*.trainingRuntimeSpec.template.spec.replicatedJobs.*.template.spec.template',
  ),
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': leaderWorkers('spec'),
  'disaggregatedset.x-k8s.io/DisaggregatedSet': leaderWorkers('spec.roles.*.spec'),

  'ray.io/RayCluster': rayCluster('spec'),
  'ray.io/RayCronJob': rayJob('spec.jobTemplate'),
  'ray.io/RayJob': rayJob('spec'),
  'ray.io/RayService': rayCluster('spec.rayClusterConfig'),

  'apps.kruise.io/AdvancedCronJob': template(
    `${kruise}.jobTemplate.spec.template`,
    `${kruise}.broadcastJobTemplate.spec.template`,
  ),
  'apps.kruise.io/BroadcastJob': inTemplate,
  'apps.kruise.io/CloneSet': inTemplate,
  'apps.kruise.io/DaemonSet': inTemplate,
  'apps.kruise.io/EphemeralJob': injected('spec.template'),
  'apps.kruise.io/SidecarSet': injected('spec'),
  'apps.kruise.io/StatefulSet': inTemplate,
  'apps.kruise.io/UnitedDeployment': template(
    `${kruise}.advancedStatefulSetTemplate.spec.template`,
    `${kruise}.cloneSetTemplate.spec.template`,
    `${kruise}.deploymentTemplate.spec.template`,
    `${kruise}.statefulSetTemplate.spec.template`,
  ),

  'batch.volcano.sh/CronJob': template('spec.jobTemplate.spec.tasks.*.template'),
  'batch.volcano.sh/Job': template('spec.tasks.*.template'),
  'flow.volcano.sh/JobTemplate': template('spec.tasks.*.template'),

  'kubeflow.org/JAXJob': replicas('jaxReplicaSpecs'),
  'kubeflow.org/MPIJob': replicas('mpiReplicaSpecs'),
  'kubeflow.org/Notebook': inTemplate,
  'kubeflow.org/PaddleJob': replicas('paddleReplicaSpecs'),
  'kubeflow.org/PyTorchJob': replicas('pytorchReplicaSpecs'),
  'kubeflow.org/TFJob': replicas('tfReplicaSpecs'),
  'kubeflow.org/XGBoostJob': replicas('xgbReplicaSpecs'),

  'tekton.dev/ClusterTask': task('spec'),
  'tekton.dev/Pipeline': pipeline('spec'),
  'tekton.dev/PipelineRun': [
    ...settings(
      'spec.podTemplate',
      'spec.taskRunTemplate.podTemplate',
      'spec.taskRunSpecs.*.podTemplate',
      'spec.taskRunSpecs.*.taskPodTemplate',
    ),
    ...pipeline('spec.pipelineSpec'),
  ],
  'tekton.dev/Task': task('spec'),
  'tekton.dev/TaskRun': [...settings('spec.podTemplate'), ...task('spec.taskSpec')],

  'actions.github.com/AutoscalingRunnerSet': [...inTemplate, ...patch('spec.listenerTemplate')],
  'agones.dev/Fleet': template('spec.template.spec.template'),
  'agones.dev/GameServer': inTemplate,
  'agones.dev/GameServerSet': template('spec.template.spec.template'),

  'monitoring.coreos.com/Alertmanager': settings('spec'),
  'monitoring.coreos.com/Prometheus': settings('spec'),
  'monitoring.coreos.com/PrometheusAgent': settings('spec'),
  'monitoring.coreos.com/ThanosRuler': settings('spec'),
  'operator.victoriametrics.com/VMAgent': settings('spec'),
  'operator.victoriametrics.com/VMAlert': settings('spec'),
  'operator.victoriametrics.com/VMAlertmanager': settings('spec'),
  'operator.victoriametrics.com/VMAuth': settings('spec'),
  'operator.victoriametrics.com/VMSingle': settings('spec'),
  'opentelemetry.io/OpenTelemetryCollector': [
    ...container('spec'),
    ...lone('spec.targetAllocator'),
  ],
  'opentelemetry.io/TargetAllocator': container('spec'),
  'datadoghq.com/DatadogAgent': [
    ...settings('spec.override.*'),
    ...lone('spec.override.*.containers.*'),
  ],
  'grafana.integreatly.org/Grafana': patch('spec.deployment.spec.template'),
  'sparkoperator.k8s.io/ScheduledSparkApplication': sparkApplication('spec.template'),
  'sparkoperator.k8s.io/SparkApplication': sparkApplication('spec'),
  'flink.apache.org/FlinkDeployment': patch(
    'spec.podTemplate',
    'spec.jobManager.podTemplate',
    'spec.taskManager.podTemplate',
  ),
  'agent.k8s.elastic.co/Agent': patch('spec.daemonSet.podTemplate', 'spec.deployment.podTemplate'),
  'apm.k8s.elastic.co/ApmServer': patch('spec.podTemplate'),
  'beat.k8s.elastic.co/Beat': patch('spec.daemonSet.podTemplate', 'spec.deployment.podTemplate'),
  'elasticsearch.k8s.elastic.co/Elasticsearch': patch('spec.nodeSets.*.podTemplate'),
  'kibana.k8s.elastic.co/Kibana': patch('spec.podTemplate'),
  'logstash.k8s.elastic.co/Logstash': patch('spec.podTemplate'),
};

export const knownPlaces: PodPlaces = new Map(Object.entries(byKind));
