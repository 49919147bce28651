import {asMap, asString, type JsonMap, textOf, valueAt} from '../json.ts';
import {type Labels, someValue} from './known-labels.ts';
import {isLabelValue} from './names.ts';
import type {Resource} from './resource.ts';

/** The label that the API server gives the pods of every Job, unless `manualSelector` is set. */
export const jobNameLabel = 'batch.kubernetes.io/job-name';
const jobNames = [jobNameLabel, 'job-name'];
const jobUids = ['batch.kubernetes.io/controller-uid', 'controller-uid'];
const jobIndex = 'batch.kubernetes.io/job-completion-index';

/**
 * The labels that built-in controllers set on every pod that they create, whatever the template
 * says: https://kubernetes.io/docs/reference/labels-annotations-taints/.
 */
const setByKind: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['pod-template-hash'],
  'apps/DaemonSet': ['controller-revision-hash', 'pod-template-generation'],
  'apps/StatefulSet': [
    'controller-revision-hash',
    'statefulset.kubernetes.io/pod-name',
    'apps.kubernetes.io/pod-index',
  ],
  'argoproj.io/Rollout': ['rollouts-pod-template-hash'],
  'apps.openshift.io/DeploymentConfig': ['deployment', 'deploymentconfig'],
};

/** The labels that only controllers set: pods of other built-in kinds do not have them. */
const ofControllers: ReadonlySet<string> = new Set([
  ...Object.values(setByKind).flat(),
  ...jobNames,
  ...jobUids,
  jobIndex,
]);
const builtInGroups = ['', 'apps', 'batch'];

/** What the admission plugin PodTopologyLabels copies from the node, over what the pod says. */
const ofNode = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** The domains of labels that charts set themselves. */
const ofCharts = ['app.kubernetes.io', 'helm.sh'];

/**
 * Whether something other than the manifest may set a label on a running pod. Automation must put
 * a domain before its labels, by Kubernetes' convention; only the oldest controllers do not.
 */
export function isSetByOthers(key: string): boolean {
  if (ofControllers.has(key)) return true;
  const slash = key.indexOf('/');
  return slash > 0 && !ofCharts.includes(key.slice(0, slash));
}

/** Whether a label is certainly on the pods of some workloads that do not show it. */
export const isSetByControllers = (key: string): boolean => ofControllers.has(key);

/** The pods of a workload, as far as their labels are concerned. */
interface Labelled {
  readonly resource: Resource;
  readonly labels: JsonMap;
  readonly operator?: unknown;
}

/** The labels of the running pods, which are not only those of the template. */
export function podLabels({resource, labels, operator}: Labelled): Labels {
  const set = setOn(resource);
  const isBuiltIn = builtInGroups.includes(resource.group);
  return key => {
    if (ofNode.includes(key)) return undefined;
    if (set.includes(key)) return someValue;
    const own = textIn(labels, key);
    if (own !== null) return own;
    if (operator !== undefined) return undefined;
    return isSetByOthers(key) && !(isBuiltIn && ofControllers.has(key)) ? undefined : null;
  };
}

/** The labels with unknown values that controllers set on the pods of `resource`. */
function setOn(resource: Resource): readonly string[] {
  const {group, kind, value} = resource;
  if (group !== 'batch') return setByKind[`${group}/${kind}`] ?? [];
  const spec = asMap(
    valueAt(value, kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec']),
  );
  const index = spec?.['completionMode'] === 'Indexed' ? [jobIndex] : [];
  if (spec?.['manualSelector'] === true) return index;
  const isNamed = Object.keys(jobLabels(resource)).length > 0;
  return [...(isNamed ? [] : jobNames), ...jobUids, ...index];
}

/** The labels with known values that the API server gives the pods of a Job; it refuses a name that is no label. */
export function jobLabels({group, kind, name, value}: Resource): JsonMap {
  const isNamed = asString(valueAt(value, ['metadata', 'name'])) !== undefined;
  const isJob = kind === 'Job' && group === 'batch';
  const isManual = valueAt(value, ['spec', 'manualSelector']) === true;
  if (!isJob || !isNamed || isManual || !isLabelValue(name)) return {};
  return Object.fromEntries(jobNames.map(key => [key, name]));
}

/** The value of a label, as a string; null if there is none. */
export const textIn = (labels: JsonMap, key: string): string | null =>
  labels[key] === undefined ? null : (asString(labels[key]) ?? textOf(labels[key]));
