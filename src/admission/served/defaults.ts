import {referenceOf, whyInvalid} from '../../images/reference.ts';
import {asList, asMap, asString, isList, isMap, type Json, type JsonMap} from '../../json.ts';

/**
 * What the API server fills in, by the type in k8s.io/api that has the fields: the functions `SetDefaults_…` and the defaults
 * in `zz_generated.defaults.go` of k8s.io/kubernetes/pkg/apis, v1.36.1, without those that need an alpha feature. A type is filled in before the
 * types of its fields.
 */
export const defaults: Readonly<Partial<Record<string, (fields: JsonMap) => JsonMap>>> = {
  AzureDiskVolumeSource: filling({
    cachingMode: 'ReadWrite',
    fsType: 'ext4',
    readOnly: false,
    kind: 'Shared',
  }),
  ClusterRoleBinding: withRoleGroup,
  ConfigMapVolumeSource: filling({defaultMode: 0o644}),
  Container: withContainerDefaults,
  ContainerPort: filling({protocol: 'TCP'}),
  CronJobSpec: filling({
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
  DaemonSetSpec: filling({revisionHistoryLimit: 10, updateStrategy: {}}),
  DaemonSetUpdateStrategy: rolling({maxUnavailable: 1, maxSurge: 0}),
  DeploymentSpec: filling({
    replicas: 1,
    strategy: {},
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  }),
  DeploymentStrategy: rolling({maxUnavailable: '25%', maxSurge: '25%'}),
  DownwardAPIVolumeSource: filling({defaultMode: 0o644}),
  EndpointPort: filling({protocol: 'TCP'}),
  EphemeralContainer: withContainerDefaults,
  FileKeySelector: filling({optional: false}),
  GRPCAction: filling({service: ''}),
  HTTPGetAction: filling({path: '/', scheme: 'HTTP'}),
  HorizontalPodAutoscalerBehavior: ({scaleUp, scaleDown, ...fields}) => ({
    ...fields,
    scaleUp: filling(scalingUp)(asMap(scaleUp) ?? {}),
    scaleDown: filling(scalingDown)(asMap(scaleDown) ?? {}),
  }),
  HorizontalPodAutoscalerSpec: fields => ({
    ...filling({minReplicas: 1})(fields),
    ...(asList(fields['metrics']).length === 0 ? {metrics: [averageCpu]} : {}),
  }),
  HostPathVolumeSource: filling({type: ''}),
  ISCSIPersistentVolumeSource: filling({iscsiInterface: 'default'}),
  ISCSIVolumeSource: filling({iscsiInterface: 'default'}),
  ImageVolumeSource: fields => filling({pullPolicy: pullPolicyOf(fields['reference'])})(fields),
  IngressClassParametersReference: filling({scope: 'Cluster'}),
  Job: fields => withPodLabels({...fields, spec: withJobDefaults(asMap(fields['spec']) ?? {})}),
  LimitRangeItem: withLimitDefaults,
  MatchResources: filling({matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}}),
  MutatingWebhook: filling({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    reinvocationPolicy: 'Never',
  }),
  Namespace: withNameLabel,
  NamespaceSpec: filling({finalizers: ['kubernetes']}),
  NetworkPolicyPort: filling({protocol: 'TCP'}),
  NetworkPolicySpec: withPolicyTypes,
  ObjectFieldSelector: filling({apiVersion: 'v1'}),
  PersistentVolumeClaimSpec: filling({volumeMode: 'Filesystem'}),
  PersistentVolumeSpec: filling({
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
  }),
  Pod: withPodDefaults,
  PodFailurePolicyOnPodConditionsPattern: filling({status: 'True'}),
  PodSpec: withSpecDefaults,
  PriorityClass: filling({preemptionPolicy: 'PreemptLowerPriority'}),
  Probe: fields =>
    filling(
      {timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3},
      isZero,
    )(fields),
  ProjectedVolumeSource: filling({defaultMode: 0o644}),
  RBDPersistentVolumeSource: filling({
    pool: 'rbd',
    user: 'admin',
    keyring: '/etc/ceph/keyring',
  }),
  RBDVolumeSource: filling({pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring'}),
  ReplicaSetSpec: filling({replicas: 1}),
  ReplicationController: fields => withSelector(withPodLabels(fields)),
  ReplicationControllerSpec: filling({replicas: 1}),
  RoleBinding: withRoleGroup,
  RuleWithOperations: filling({scope: '*'}),
  NamedRuleWithOperations: filling({scope: '*'}),
  ScaleIOPersistentVolumeSource: filling({storageMode: 'ThinProvisioned', fsType: 'xfs'}),
  ScaleIOVolumeSource: filling({storageMode: 'ThinProvisioned', fsType: 'xfs'}),
  Secret: withStringData,
  SecretVolumeSource: filling({defaultMode: 0o644}),
  ServiceAccountTokenProjection: filling({expirationSeconds: 3600}),
  ServicePort: fields =>
    filling({protocol: 'TCP', targetPort: fields['port'] ?? 0}, isZero)(fields),
  ServiceReference: filling({port: 443}),
  ServiceSpec: withServiceDefaults,
  StatefulSetPersistentVolumeClaimRetentionPolicy: filling({
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  }),
  StatefulSetSpec: withStatefulDefaults,
  StatefulSetUpdateStrategy: withPartition,
  StorageClass: filling({reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate'}),
  Subject: fields =>
    fields['kind'] === 'User' || fields['kind'] === 'Group'
      ? filling({apiGroup: rbac})(fields)
      : fields,
  ValidatingAdmissionPolicySpec: filling({failurePolicy: 'Fail'}),
  ValidatingWebhook: filling({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  }),
  Volume: fields =>
    Object.entries(fields).every(([key, value]) => key === 'name' || isUnset(value))
      ? {...fields, emptyDir: {}}
      : fields,
};

type IsMissing = (value: Json | undefined) => boolean;

function isUnset(value: Json | undefined): boolean {
  return (value ?? null) === null;
}

/** A text without characters is as good as none. */
function isEmpty(value: Json | undefined): boolean {
  return isUnset(value) || value === '';
}

/** So is the number 0 where the type has no pointer. */
function isZero(value: Json | undefined): boolean {
  return isEmpty(value) || value === 0;
}

/** Returns what fills in the fields that are missing. */
function filling(wanted: JsonMap, isMissing: IsMissing = isEmpty): (fields: JsonMap) => JsonMap {
  const all = Object.entries(wanted);
  return fields => {
    const missing = all.filter(([key]) => isMissing(fields[key]));
    return missing.length === 0 ? fields : {...fields, ...Object.fromEntries(missing)};
  };
}

const rbac = 'rbac.authorization.k8s.io';

function withRoleGroup(fields: JsonMap): JsonMap {
  return {...fields, roleRef: filling({apiGroup: rbac})(asMap(fields['roleRef']) ?? {})};
}

/** A strategy of which `RollingUpdate` is the default, and the only one with fields. */
function rolling(wanted: JsonMap): (fields: JsonMap) => JsonMap {
  return fields => {
    const strategy = filling({type: 'RollingUpdate'})(fields);
    if (strategy['type'] !== 'RollingUpdate') return strategy;
    return {...strategy, rollingUpdate: filling(wanted)(asMap(strategy['rollingUpdate']) ?? {})};
  };
}

function withStatefulDefaults(fields: JsonMap): JsonMap {
  const claims = fields['volumeClaimTemplates'];
  const ofClaims = filling({apiVersion: 'v1', kind: 'PersistentVolumeClaim'});
  return {
    ...filling({
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {},
      persistentVolumeClaimRetentionPolicy: {},
      replicas: 1,
      revisionHistoryLimit: 10,
    })(fields),
    ...(isList(claims)
      ? {volumeClaimTemplates: claims.map(each => (isMap(each) ? ofClaims(each) : each))}
      : {}),
  };
}

/** Of a StatefulSet, `rollingUpdate` is filled in only if it is there, or the type is missing, too. */
function withPartition(fields: JsonMap): JsonMap {
  const {rollingUpdate, type} = fields;
  const isRolling = isEmpty(type) || type === 'RollingUpdate';
  const strategy = filling({type: 'RollingUpdate'})(fields);
  if (!isRolling || (isUnset(rollingUpdate) && !isEmpty(type))) return strategy;
  return {...strategy, rollingUpdate: filling({partition: 0})(asMap(rollingUpdate) ?? {})};
}

function withContainerDefaults(fields: JsonMap): JsonMap {
  return filling({
    imagePullPolicy: pullPolicyOf(fields['image']),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })(fields);
}

function pullPolicyOf(image: Json | undefined): string {
  const reference = referenceOf(asString(image) ?? '');
  return reference.tag === 'latest' && whyInvalid(reference) === undefined
    ? 'Always'
    : 'IfNotPresent';
}

/** Of one name and the older one for the same field, each stands for the other. */
function withSpecDefaults(fields: JsonMap): JsonMap {
  const {serviceAccountName, serviceAccount} = fields;
  const account = isEmpty(serviceAccountName) ? serviceAccount : serviceAccountName;
  return {
    ...filling({
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    })(fields),
    ...(isEmpty(account)
      ? {}
      : {serviceAccountName: account ?? null, serviceAccount: account ?? null}),
  };
}

/** What only pods have, and no templates: SetDefaults_Pod, and the admission plugins that are on by default. */
function withPodDefaults(fields: JsonMap): JsonMap {
  const spec = asMap(fields['spec']) ?? {};
  const isOnHost = spec['hostNetwork'] === true;
  const complete = (list: Json | undefined): Json | undefined =>
    isList(list)
      ? list.map(each => {
          const container = asMap(each);
          if (container === undefined) return each;
          const asked = withRequests(container);
          return isOnHost ? withHostPorts(asked) : asked;
        })
      : list;
  const {containers, initContainers} = spec;
  return {
    ...fields,
    spec: {
      ...filling({enableServiceLinks: true})(spec),
      ...(isUnset(containers) ? {} : {containers: complete(containers) ?? null}),
      ...(isUnset(initContainers) ? {} : {initContainers: complete(initContainers) ?? null}),
      serviceAccountName:
        [spec['serviceAccountName'], spec['serviceAccount']].find(each => !isEmpty(each)) ??
        'default',
      tolerations: withTolerations(spec['tolerations']),
    },
  };
}

/** What is limited is requested, as far as nothing else is requested. */
function withRequests(container: JsonMap): JsonMap {
  const resources = asMap(container['resources']) ?? {};
  const limits = asMap(resources['limits']);
  if (limits === undefined) return container;
  const requests = {...limits, ...asMap(resources['requests'])};
  return {...container, resources: {...resources, requests}};
}

function withHostPorts(container: JsonMap): JsonMap {
  const {ports} = container;
  if (!isList(ports)) return container;
  const opened = ports.map(each =>
    isMap(each) ? filling({hostPort: each['containerPort'] ?? 0}, isZero)(each) : each,
  );
  return {...container, ports: opened};
}

/** The admission plugin DefaultTolerationSeconds. */
function withTolerations(given: Json | undefined): readonly Json[] {
  const own = asList(given).filter(each => each !== undefined);
  const isTolerated = (taint: string) =>
    own.some(each => {
      const {key, effect} = asMap(each) ?? {};
      return (isEmpty(key) || key === taint) && (isEmpty(effect) || effect === 'NoExecute');
    });
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter(taint => !isTolerated(taint))
    .map(key => ({key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300}));
  return [...own, ...added];
}

/** Only of Jobs: a CronJob keeps its template as it is. */
function withJobDefaults(spec: JsonMap): JsonMap {
  const {completions, parallelism, backoffLimitPerIndex, podFailurePolicy} = spec;
  return filling({
    ...(isUnset(completions) && isUnset(parallelism) ? {completions: 1} : {}),
    parallelism: 1,
    backoffLimit: isUnset(backoffLimitPerIndex) ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: isUnset(podFailurePolicy) ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  })(spec);
}

/** A Job or a ReplicationController without labels gets those of its pods. */
function withPodLabels(fields: JsonMap): JsonMap {
  const metadata = asMap(fields['metadata']) ?? {};
  const labels = podLabels(fields);
  const own = asMap(metadata['labels']) ?? {};
  if (labels === undefined || Object.keys(own).length > 0) return fields;
  return {...fields, metadata: {...metadata, labels}};
}

function withSelector(fields: JsonMap): JsonMap {
  const spec = asMap(fields['spec']) ?? {};
  const labels = podLabels(fields);
  const selector = asMap(spec['selector']) ?? {};
  if (labels === undefined || Object.keys(selector).length > 0) return fields;
  return {...fields, spec: {...spec, selector: labels}};
}

function podLabels({spec}: JsonMap): JsonMap | undefined {
  const template = asMap(asMap(spec)?.['template']);
  return asMap(asMap(template?.['metadata'])?.['labels']);
}

function withNameLabel(fields: JsonMap): JsonMap {
  const metadata = asMap(fields['metadata']) ?? {};
  const name = asString(metadata['name']) ?? '';
  if (name === '') return fields;
  const labels = {...asMap(metadata['labels']), 'kubernetes.io/metadata.name': name};
  return {...fields, metadata: {...metadata, labels}};
}

function withPolicyTypes(fields: JsonMap): JsonMap {
  if (asList(fields['policyTypes']).length > 0) return fields;
  const egress = asList(fields['egress']).length > 0 ? ['Egress'] : [];
  return {...fields, policyTypes: ['Ingress', ...egress]};
}

/** `stringData` becomes `data`, in the encoding of which it is. */
function withStringData(fields: JsonMap): JsonMap {
  const {stringData, ...secret} = filling({type: 'Opaque'})(fields);
  const texts = asMap(stringData);
  if (texts === undefined) return secret;
  const encoded = Object.entries(texts).map(([key, text]) => [
    key,
    Buffer.from(asString(text) ?? '').toString('base64'),
  ]);
  return {...secret, data: {...asMap(secret['data']), ...Object.fromEntries(encoded)}};
}

function withServiceDefaults(fields: JsonMap): JsonMap {
  const spec = filling({sessionAffinity: 'None', type: 'ClusterIP'})(fields);
  const {type, sessionAffinity, sessionAffinityConfig, externalIPs} = spec;
  const isBalanced = type === 'LoadBalancer';
  const isOpen = isBalanced || type === 'NodePort';
  const isExternal = isOpen || (type === 'ClusterIP' && asList(externalIPs).length > 0);
  const timeout = asMap(asMap(sessionAffinityConfig)?.['clientIP'])?.['timeoutSeconds'];
  return {
    ...filling({
      ...(isExternal ? {externalTrafficPolicy: 'Cluster'} : {}),
      ...(isOpen || type === 'ClusterIP' ? {internalTrafficPolicy: 'Cluster'} : {}),
      ...(isBalanced ? {allocateLoadBalancerNodePorts: true} : {}),
    })(spec),
    ...(sessionAffinity === 'None' ? {sessionAffinityConfig: null} : {}),
    ...(sessionAffinity === 'ClientIP' && isUnset(timeout)
      ? {sessionAffinityConfig: {clientIP: {timeoutSeconds: 10_800}}}
      : {}),
  };
}

/** For containers, limits are the largest amounts, and requests the limits, or else the smallest ones. */
function withLimitDefaults(fields: JsonMap): JsonMap {
  if (fields['type'] !== 'Container') return fields;
  const amounts = (key: string) => asMap(fields[key]) ?? {};
  const most = {...amounts('max'), ...amounts('default')};
  const usual = {...amounts('min'), ...most, ...amounts('defaultRequest')};
  return {...fields, default: most, defaultRequest: usual};
}

const scalingUp = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    {type: 'Pods', value: 4, periodSeconds: 15},
    {type: 'Percent', value: 100, periodSeconds: 15},
  ],
};

const scalingDown = {
  selectPolicy: 'Max',
  policies: [{type: 'Percent', value: 100, periodSeconds: 15}],
};

const averageCpu = {
  type: 'Resource',
  resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 80}},
};
