import {isList, isMap, type Json, type JsonMap, type Path} from '../json.ts';

/** What a value must be; `fields` are those of a mapping that rules read, and may be some of them. */
type FieldType =
  | 'boolean'
  | 'integer'
  | 'string'
  | {readonly items: FieldType}
  | {readonly values: FieldType}
  | {readonly fields: FieldTypes};
export type FieldTypes = ReadonlyMap<string, FieldType>;

const fieldsOf = (fields: Readonly<Record<string, FieldType>>): FieldTypes =>
  new Map(Object.entries(fields));
const map = (fields: Readonly<Record<string, FieldType>>): FieldType => ({
  fields: fieldsOf(fields),
});
const listOf = (items: FieldType): FieldType => ({items});
const strings = listOf('string');
const anything = map({});

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

/** What kubectl takes for a list of objects, whatever its kind: all that has `items`. */
export const listFields: FieldTypes = fieldsOf({items: listOf(anything)});

/** PodSpec, k8s.io/api/core/v1; its containers apart. */
export const podFields: FieldTypes = fieldsOf({
  automountServiceAccountToken: 'boolean',
  containers: listOf(anything),
  dnsPolicy: 'string',
  ephemeralContainers: listOf(anything),
  hostIPC: 'boolean',
  hostNetwork: 'boolean',
  hostPID: 'boolean',
  hostUsers: 'boolean',
  initContainers: listOf(anything),
  os: map({name: 'string'}),
  securityContext: map({
    ...contextFields,
    sysctls: listOf(map({name: 'string', value: 'string'})),
  }),
  serviceAccount: 'string',
  serviceAccountName: 'string',
  shareProcessNamespace: 'boolean',
  volumes: listOf(map({name: 'string', hostPath: map({path: 'string', type: 'string'})})),
});

/** Container, k8s.io/api/core/v1. */
export const containerFields: FieldTypes = fieldsOf({
  env: listOf(map({name: 'string', value: 'string', valueFrom: anything})),
  envFrom: listOf(anything),
  image: 'string',
  lifecycle: anything,
  livenessProbe: anything,
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
  readinessProbe: anything,
  resources: map({limits: anything, requests: anything}),
  securityContext: map({
    ...contextFields,
    allowPrivilegeEscalation: 'boolean',
    capabilities: map({add: strings, drop: strings}),
    privileged: 'boolean',
    procMount: 'string',
    readOnlyRootFilesystem: 'boolean',
  }),
  startupProbe: anything,
  volumeMounts: listOf(map({name: 'string', mountPath: 'string', readOnly: 'boolean'})),
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
  spec: map({rules: listOf(map({host: 'string'})), tls: listOf(map({hosts: strings}))}),
});

/** The fields that rules read in other kinds, by `group/Kind`. */
export const fieldsByKind: ReadonlyMap<string, FieldTypes> = new Map([
  [
    '/Service',
    fieldsOf({
      spec: map({
        externalIPs: strings,
        loadBalancerSourceRanges: strings,
        ports: listOf(map({nodePort: 'integer', port: 'integer', protocol: 'string'})),
        selector: {values: 'string'},
        type: 'string',
      }),
    }),
  ],
  ['/ServiceAccount', fieldsOf({automountServiceAccountToken: 'boolean'})],
  ['networking.k8s.io/Ingress', ingress],
  ['extensions/Ingress', ingress],
  ['rbac.authorization.k8s.io/Role', role],
  ['rbac.authorization.k8s.io/ClusterRole', role],
  ['rbac.authorization.k8s.io/RoleBinding', binding],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', binding],
]);

/** A value that is not what its field must be, or a key that differs from a field's by case. */
export interface FieldFault {
  readonly path: Path;
  readonly expected: string;
  readonly isUnknown: boolean;
}

/** What the API server would refuse, or leave out, in a mapping that has `fields` among its own. */
export function faultsIn(value: JsonMap, fields: FieldTypes): readonly FieldFault[] {
  const search = new FaultSearch();
  search.inFields(value, fields);
  return search.found;
}

const longestField = 40;

const noFaults: readonly FieldFault[] = [];

class FaultSearch {
  #found: FieldFault[] | undefined;
  /** Where the search is: copied only where something is found. */
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
    // The API server reads null as a field that is left out.
    if (value === undefined || value === null) return;
    if (typeof type === 'string') {
      const fits = type === 'integer' ? Number.isInteger(value) : typeof value === type;
      if (!fits) this.#report(`${type === 'integer' ? 'an' : 'a'} ${type}`);
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
