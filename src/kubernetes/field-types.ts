import {isList, isMap, type Json, type JsonMap, type Path} from '../json.ts';
import {isPortName} from './names.ts';

/**
 * The type of a value. `count` and `port` are Kubernetes' IntOrString: as a string, a percentage or
 * the name of a port. `fields` are those of a mapping that rules read, or may be some of them.
 */
type FieldType =
  | Scalar
  | {readonly items: FieldType}
  | {readonly values: FieldType}
  | {readonly fields: FieldTypes};
type Scalar = 'boolean' | 'integer' | 'string' | 'count' | 'port' | 'quantity';
export type FieldTypes = ReadonlyMap<string, FieldType>;

const fieldsOf = (fields: Readonly<Record<string, FieldType>>): FieldTypes =>
  new Map(Object.entries(fields));
const map = (fields: Readonly<Record<string, FieldType>>): FieldType => ({
  fields: fieldsOf(fields),
});
const listOf = (items: FieldType): FieldType => ({items});
const strings = listOf('string');
const anything = map({});
const selector = map({
  matchLabels: {values: 'string'},
  matchExpressions: listOf(map({key: 'string', operator: 'string', values: strings})),
});

const contextFields = {
  appArmorProfile: map({type: 'string', localhostProfile: 'string'}),
  runAsGroup: 'integer',
  runAsNonRoot: 'boolean',
  runAsUser: 'integer',
  seLinuxOptions: map({type: 'string', user: 'string', role: 'string', level: 'string'}),
  seccompProfile: map({type: 'string', localhostProfile: 'string'}),
  windowsOptions: map({hostProcess: 'boolean', runAsUserName: 'string'}),
} as const;

export const metadataFields: FieldTypes = fieldsOf({
  metadata: map({
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: {values: 'string'},
    annotations: {values: 'string'},
  }),
});

/** What kubectl treats as a list of objects, whatever its kind: anything with `items`. */
export const listFields: FieldTypes = fieldsOf({items: listOf(anything)});

/** PodSpec, k8s.io/api/core/v1, without its containers. */
export const podFields: FieldTypes = fieldsOf({
  activeDeadlineSeconds: 'integer',
  automountServiceAccountToken: 'boolean',
  containers: listOf(anything),
  dnsPolicy: 'string',
  enableServiceLinks: 'boolean',
  ephemeralContainers: listOf(anything),
  hostIPC: 'boolean',
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostUsers: 'boolean',
  initContainers: listOf(anything),
  nodeName: 'string',
  nodeSelector: {values: 'string'},
  os: map({name: 'string'}),
  priority: 'integer',
  priorityClassName: 'string',
  restartPolicy: 'string',
  runtimeClassName: 'string',
  securityContext: map({
    ...contextFields,
    fsGroup: 'integer',
    fsGroupChangePolicy: 'string',
    supplementalGroups: listOf('integer'),
    sysctls: listOf(map({name: 'string', value: 'string'})),
  }),
  serviceAccount: 'string',
  serviceAccountName: 'string',
  shareProcessNamespace: 'boolean',
  terminationGracePeriodSeconds: 'integer',
  tolerations: listOf(
    map({
      effect: 'string',
      key: 'string',
      operator: 'string',
      tolerationSeconds: 'integer',
      value: 'string',
    }),
  ),
  volumes: listOf(
    map({
      name: 'string',
      configMap: map({defaultMode: 'integer', name: 'string', optional: 'boolean'}),
      emptyDir: map({medium: 'string', sizeLimit: 'quantity'}),
      hostPath: map({path: 'string', type: 'string'}),
      persistentVolumeClaim: map({claimName: 'string', readOnly: 'boolean'}),
      secret: map({defaultMode: 'integer', optional: 'boolean', secretName: 'string'}),
    }),
  ),
});

const httpGet = map({host: 'string', path: 'string', port: 'port', scheme: 'string'});
const tcpSocket = map({host: 'string', port: 'port'});
const exec = map({command: strings});
const handler = map({exec, httpGet, sleep: map({seconds: 'integer'}), tcpSocket});
const probe = map({
  exec,
  failureThreshold: 'integer',
  grpc: map({port: 'integer', service: 'string'}),
  httpGet,
  initialDelaySeconds: 'integer',
  periodSeconds: 'integer',
  successThreshold: 'integer',
  tcpSocket,
  terminationGracePeriodSeconds: 'integer',
  timeoutSeconds: 'integer',
});
const quantities: FieldType = {values: 'quantity'};

/** Container, k8s.io/api/core/v1. */
export const containerFields: FieldTypes = fieldsOf({
  args: strings,
  command: strings,
  env: listOf(map({name: 'string', value: 'string', valueFrom: anything})),
  envFrom: listOf(anything),
  image: 'string',
  imagePullPolicy: 'string',
  lifecycle: map({postStart: handler, preStop: handler}),
  livenessProbe: probe,
  name: 'string',
  ports: listOf(
    map({
      containerPort: 'integer',
      hostIP: 'string',
      hostPort: 'integer',
      name: 'string',
      protocol: 'string',
    }),
  ),
  readinessProbe: probe,
  resources: map({limits: quantities, requests: quantities}),
  restartPolicy: 'string',
  securityContext: map({
    ...contextFields,
    allowPrivilegeEscalation: 'boolean',
    capabilities: map({add: strings, drop: strings}),
    privileged: 'boolean',
    procMount: 'string',
    readOnlyRootFilesystem: 'boolean',
  }),
  startupProbe: probe,
  stdin: 'boolean',
  stdinOnce: 'boolean',
  tty: 'boolean',
  volumeMounts: listOf(
    map({
      mountPath: 'string',
      mountPropagation: 'string',
      name: 'string',
      readOnly: 'boolean',
      subPath: 'string',
    }),
  ),
  workingDir: 'string',
});

const role = fieldsOf({
  rules: listOf(
    map({
      apiGroups: strings,
      nonResourceURLs: strings,
      resourceNames: strings,
      resources: strings,
      verbs: strings,
    }),
  ),
});
const binding = fieldsOf({
  roleRef: map({kind: 'string', name: 'string'}),
  subjects: listOf(map({kind: 'string', name: 'string', namespace: 'string'})),
});
const ingress = fieldsOf({
  spec: map({
    rules: listOf(map({host: 'string'})),
    tls: listOf(map({hosts: strings, secretName: 'string'})),
  }),
});
const backend = map({
  service: map({name: 'string', port: map({name: 'string', number: 'integer'})}),
});
const ingressOfToday = fieldsOf({
  spec: map({
    defaultBackend: backend,
    rules: listOf(
      map({
        host: 'string',
        http: map({paths: listOf(map({backend, path: 'string', pathType: 'string'}))}),
      }),
    ),
    tls: listOf(map({hosts: strings, secretName: 'string'})),
  }),
});

const rollout = {
  minReadySeconds: 'integer',
  replicas: 'integer',
  revisionHistoryLimit: 'integer',
  selector,
} as const;
const rolling = map({
  rollingUpdate: map({maxSurge: 'count', maxUnavailable: 'count', partition: 'integer'}),
  type: 'string',
});
const jobFields = {
  activeDeadlineSeconds: 'integer',
  backoffLimit: 'integer',
  backoffLimitPerIndex: 'integer',
  completionMode: 'string',
  completions: 'integer',
  manualSelector: 'boolean',
  maxFailedIndexes: 'integer',
  parallelism: 'integer',
  selector,
  suspend: 'boolean',
  ttlSecondsAfterFinished: 'integer',
} as const;
const policyPorts = listOf(map({endPort: 'integer', port: 'port', protocol: 'string'}));
const configuration = {data: {values: 'string'}, immutable: 'boolean'} as const;

/** The fields that rules read in other kinds, by `group/Kind`. */
export const fieldsByKind: ReadonlyMap<string, FieldTypes> = new Map([
  [
    '/Service',
    fieldsOf({
      spec: map({
        allocateLoadBalancerNodePorts: 'boolean',
        clusterIP: 'string',
        externalIPs: strings,
        externalName: 'string',
        externalTrafficPolicy: 'string',
        healthCheckNodePort: 'integer',
        loadBalancerClass: 'string',
        loadBalancerIP: 'string',
        loadBalancerSourceRanges: strings,
        ports: listOf(
          map({
            appProtocol: 'string',
            name: 'string',
            nodePort: 'integer',
            port: 'integer',
            protocol: 'string',
            targetPort: 'port',
          }),
        ),
        publishNotReadyAddresses: 'boolean',
        selector: {values: 'string'},
        sessionAffinity: 'string',
        type: 'string',
      }),
    }),
  ],
  ['/ServiceAccount', fieldsOf({automountServiceAccountToken: 'boolean'})],
  ['/ConfigMap', fieldsOf(configuration)],
  ['/Secret', fieldsOf({...configuration, stringData: {values: 'string'}, type: 'string'})],
  [
    '/ReplicationController',
    fieldsOf({
      spec: map({
        minReadySeconds: 'integer',
        replicas: 'integer',
        selector: {values: 'string'},
      }),
    }),
  ],
  [
    'apps/Deployment',
    fieldsOf({
      spec: map({
        ...rollout,
        paused: 'boolean',
        progressDeadlineSeconds: 'integer',
        strategy: rolling,
      }),
    }),
  ],
  ['apps/ReplicaSet', fieldsOf({spec: map(rollout)})],
  [
    'apps/StatefulSet',
    fieldsOf({
      spec: map({
        ...rollout,
        podManagementPolicy: 'string',
        serviceName: 'string',
        updateStrategy: rolling,
      }),
    }),
  ],
  [
    'apps/DaemonSet',
    fieldsOf({
      spec: map({
        minReadySeconds: 'integer',
        revisionHistoryLimit: 'integer',
        selector,
        updateStrategy: rolling,
      }),
    }),
  ],
  ['batch/Job', fieldsOf({spec: map(jobFields)})],
  [
    'batch/CronJob',
    fieldsOf({
      spec: map({
        concurrencyPolicy: 'string',
        failedJobsHistoryLimit: 'integer',
        jobTemplate: map({spec: map(jobFields)}),
        schedule: 'string',
        startingDeadlineSeconds: 'integer',
        successfulJobsHistoryLimit: 'integer',
        suspend: 'boolean',
        timeZone: 'string',
      }),
    }),
  ],
  [
    'autoscaling/HorizontalPodAutoscaler',
    fieldsOf({spec: map({maxReplicas: 'integer', minReplicas: 'integer'})}),
  ],
  [
    'policy/PodDisruptionBudget',
    fieldsOf({spec: map({maxUnavailable: 'count', minAvailable: 'count', selector})}),
  ],
  [
    'networking.k8s.io/NetworkPolicy',
    fieldsOf({
      spec: map({
        egress: listOf(map({ports: policyPorts})),
        ingress: listOf(map({ports: policyPorts})),
        podSelector: selector,
        policyTypes: strings,
      }),
    }),
  ],
  ['networking.k8s.io/Ingress', ingressOfToday],
  ['extensions/Ingress', ingress],
  ['rbac.authorization.k8s.io/Role', role],
  ['rbac.authorization.k8s.io/ClusterRole', role],
  ['rbac.authorization.k8s.io/RoleBinding', binding],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', binding],
]);

/** A value of the wrong type for its field, or a key that differs from a field only in case. */
export interface FieldFault {
  readonly path: Path;
  readonly expected: string;
  readonly isUnknown: boolean;
}

/** What the API server would refuse or ignore in a mapping with `fields`. */
export function faultsIn(value: JsonMap, fields: FieldTypes): readonly FieldFault[] {
  const search = new FaultSearch();
  search.inFields(value, fields);
  return search.found;
}

interface ScalarType {
  readonly expected: string;
  readonly fits: (value: Json) => boolean;
}

const isOfType =
  (type: 'boolean' | 'string') =>
  (value: Json): boolean =>
    typeof value === type;
/** IntOrString accepts numbers, and strings of a certain form. */
const isIntegerOr =
  (isText: (text: string) => boolean) =>
  (value: Json): boolean =>
    typeof value === 'string' ? isText(value) : Number.isInteger(value);

/** See k8s.io/apimachinery: pkg/api/resource/quantity.go. */
const isQuantity = (text: string): boolean =>
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(text);

const scalars: Readonly<Record<Scalar, ScalarType>> = {
  boolean: {expected: 'a boolean', fits: isOfType('boolean')},
  integer: {expected: 'an integer', fits: value => Number.isInteger(value)},
  string: {expected: 'a string', fits: isOfType('string')},
  count: {
    expected: 'an integer, or a percentage such as "25%"',
    fits: isIntegerOr(text => /^\d+%$/.test(text)),
  },
  port: {expected: 'a number, or the name of a port', fits: isIntegerOr(isPortName)},
  quantity: {
    expected: 'a quantity such as 2, "500m" or "1Gi"',
    fits: value => (typeof value === 'string' ? isQuantity(value) : typeof value === 'number'),
  },
};

const longestField = 40;

const noFaults: readonly FieldFault[] = [];

class FaultSearch {
  #found: FieldFault[] | undefined;
  /** The current path of the search, copied only when something is found. */
  readonly #path: (string | number)[] = [];

  get found(): readonly FieldFault[] {
    return this.#found ?? noFaults;
  }

  inFields(value: JsonMap, fields: FieldTypes): void {
    for (const key of Object.keys(value)) {
      const type = fields.get(key);
      this.#path.push(key);
      if (type === undefined) this.#inUnknown(key, fields);
      else this.#in(value[key], type);
      this.#path.pop();
    }
  }

  #in(value: Json | undefined, type: FieldType): void {
    // The API server treats null as a missing field.
    if (value === undefined || value === null) return;
    if (typeof type === 'string') {
      if (!scalars[type].fits(value)) this.#report(scalars[type].expected);
    } else if ('items' in type) {
      if (!isList(value)) this.#report('a list');
      else for (const [index, item] of value.entries()) this.#inChild(index, item, type.items);
    } else if (!isMap(value)) this.#report('a mapping');
    else if ('fields' in type) this.inFields(value, type.fields);
    else for (const key of Object.keys(value)) this.#inChild(key, value[key], type.values);
  }

  #inChild(key: string | number, value: Json | undefined, type: FieldType): void {
    this.#path.push(key);
    this.#in(value, type);
    this.#path.pop();
  }

  #inUnknown(key: string, fields: FieldTypes): void {
    if (key.length > longestField) return;
    const lower = key.toLowerCase();
    for (const field of fields.keys()) {
      if (field.length === key.length && field.toLowerCase() === lower) this.#report(field, true);
    }
  }

  #report(expected: string, isUnknown = false): void {
    this.#found ??= [];
    this.#found.push({path: [...this.#path], expected, isUnknown});
  }
}
