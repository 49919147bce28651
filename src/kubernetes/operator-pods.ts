import {asMap, asString, type JsonMap, type Path, valueAt} from '../json.ts';
import type {ContainerPort} from './container-port.ts';
import {labelsIn} from './label-selector.ts';
import {isLabelValue, isPortName} from './names.ts';
import type {GroupKind, Resource} from './resource.ts';

/** What is known about the pods that an operator creates from an object without a pod template. */
export interface OperatorPods {
  /** The labels that identify the pods; they contain the name of the object. */
  readonly selector: JsonMap;
  /** All labels that the operator sets on them, as documented. */
  readonly labels: JsonMap;
  /** Ports of the containers that the operator adds. */
  readonly ports: readonly ContainerPort[];
  /** Whether the pods of one object call each other, on undeclared ports. */
  readonly areKin: boolean;
  readonly serviceAccount?: string;
}

interface OperatorKind {
  /** The label whose value is the object's name. */
  readonly label: string;
  readonly more?: (name: string) => JsonMap;
  readonly ports?: (value: JsonMap) => readonly ContainerPort[];
  readonly areKin?: true;
  readonly serviceAccount?: Path;
}

const tcp = (name: string, number: number): ContainerPort => ({name, number, protocol: 'TCP'});
const unnamed = (number: number): ContainerPort => ({number, protocol: 'TCP'});

/**
 * The ports of the queue proxy: requests (HTTP/1, HTTP/2, TLS), administration, two kinds of
 * metrics.
 */
const queueProxy = [8012, 8013, 8112, 8022, 9090, 9091].map(unnamed);
const knative = (label: string): OperatorKind => ({
  label: `serving.knative.dev/${label}`,
  ports: () => queueProxy,
});

const tekton = (label: string, serviceAccount?: Path): OperatorKind => ({
  label: `tekton.dev/${label}`,
  ...(serviceAccount === undefined ? {} : {serviceAccount}),
});

const prometheusOperator = (
  kind: string,
  label: string,
  ports: (web: string, spec: JsonMap) => readonly ContainerPort[],
  more: Pick<OperatorKind, 'areKin'> = {},
): OperatorKind => ({
  label,
  more: name => ({
    'app.kubernetes.io/name': kind,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    ...(kind.startsWith('prometheus') ? {'operator.prometheus.io/name': name} : {}),
  }),
  ports: value => {
    const spec = asMap(value['spec']) ?? {};
    const portName = asString(spec['portName']) ?? '';
    return [
      ...ports(isPortName(portName) ? portName : 'web', spec),
      tcp('reloader-web', 8080),
      ...(spec['thanos'] === undefined ? [] : [tcp('grpc', 10_901), tcp('http', 10_902)]),
    ];
  },
  ...more,
});

const mesh: readonly ContainerPort[] = [
  tcp('mesh-tcp', 9094),
  {name: 'mesh-udp', number: 9094, protocol: 'UDP'},
];

/**
 * The kinds whose operators document the labels of their pods.
 *
 * - Knative: https://knative.dev/docs/serving/ and pkg/networking/constants.go of knative/serving
 * - Tekton: https://tekton.dev/docs/pipelines/labels
 * - Argo Workflows: https://argo-workflows.readthedocs.io/, "Workflow Pod Labels"
 * - Prometheus Operator: `podMetadata` in its API reference
 * - Spark Operator: api/v1beta2 of kubeflow/spark-operator
 */
const kinds: ReadonlyMap<string, OperatorKind> = new Map(
  Object.entries({
    'serving.knative.dev/Service': knative('service'),
    'serving.knative.dev/Configuration': knative('configuration'),
    'serving.knative.dev/Revision': knative('revision'),
    'tekton.dev/Task': tekton('task'),
    'tekton.dev/Pipeline': tekton('pipeline'),
    'tekton.dev/TaskRun': tekton('taskRun', ['spec', 'serviceAccountName']),
    'tekton.dev/PipelineRun': tekton('pipelineRun', [
      'spec',
      'taskRunTemplate',
      'serviceAccountName',
    ]),
    'argoproj.io/Workflow': {
      label: 'workflows.argoproj.io/workflow',
      areKin: true,
      serviceAccount: ['spec', 'serviceAccountName'],
    },
    'monitoring.coreos.com/Prometheus': prometheusOperator('prometheus', 'prometheus', web => [
      tcp(web, 9090),
    ]),
    'monitoring.coreos.com/PrometheusAgent': prometheusOperator(
      'prometheus-agent',
      'operator.prometheus.io/name',
      web => [tcp(web, 9090)],
    ),
    'monitoring.coreos.com/Alertmanager': prometheusOperator(
      'alertmanager',
      'alertmanager',
      web => [tcp(web, 9093), ...mesh],
      {areKin: true},
    ),
    'monitoring.coreos.com/ThanosRuler': prometheusOperator('thanos-ruler', 'thanos-ruler', web => [
      tcp(web, 10_902),
      tcp('grpc', 10_901),
    ]),
    'sparkoperator.k8s.io/SparkApplication': {
      label: 'sparkoperator.k8s.io/app-name',
      areKin: true,
      serviceAccount: ['spec', 'driver', 'serviceAccount'],
    },
  } satisfies Record<string, OperatorKind>),
);

/**
 * What is known about the pods of `resource`; undefined if the labels of its operator are unknown.
 */
export function operatorPodsOf({group, kind, value}: Resource): OperatorPods | undefined {
  const known = kinds.get(`${group}/${kind}`);
  // A generated name is not known yet.
  const name = asString(valueAt(value, ['metadata', 'name']));
  if (known === undefined || name === undefined || name === '') return undefined;
  // Each operator shortens a name that is too long for a label in its own way.
  if (!isLabelValue(name)) return undefined;
  const selector = {[known.label]: name};
  const account = asString(valueAt(value, known.serviceAccount ?? ['spec', 'serviceAccountName']));
  return {
    selector,
    labels: {
      ...labelsIn(valueAt(value, ['spec', 'podMetadata', 'labels'])),
      ...known.more?.(name),
      ...selector,
    },
    ports: known.ports?.(value) ?? [],
    areKin: known.areKin === true,
    ...(account === undefined ? {} : {serviceAccount: account}),
  };
}

/** Kinds whose content is added to existing pods. */
const addedToOthers = ['apps.kruise.io/SidecarSet'];

export const addsToOthersPods = ({group, kind}: GroupKind): boolean =>
  addedToOthers.includes(`${group}/${kind}`);
