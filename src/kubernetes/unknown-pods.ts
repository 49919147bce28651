import {
  asList,
  asString,
  childrenOf,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  valueAt,
} from '../json.ts';
import {isDnsLabel} from './names.ts';
import type {PodPlaces} from './pod-places.ts';
import {placesOf} from './pod-templates.ts';
import type {GroupKind, Resource} from './resource.ts';

/** What looks like a pod spec, in an object of a kind of which nobody said where it holds one. */
export interface UnknownPod {
  /** The pod spec. */
  readonly path: Path;
  /** What a policy's `workloads` says of it. */
  readonly place: string;
  readonly holds: 'template' | 'spec';
}

/**
 * What looks like pod specs in a custom resource of a kind that neither the known places nor `more`
 * have, each place once: items of one list are one place. Mappings with a list of `containers`
 * count whose items are named and say what runs; so patterns of policies do not, nor metrics.
 */
export function unknownPodsIn(resource: Resource, more?: PodPlaces): readonly UnknownPod[] {
  if (isBuiltIn(resource) || placesOf(resource, more).length > 0) return [];
  const found = new Map<string, UnknownPod>();
  for (const path of podSpecPathsIn(resource.value)) {
    const isTemplate = path.length > 1 && path.at(-1) === 'spec';
    const place = written(isTemplate ? path.slice(0, -1) : path);
    if (place === '' || found.has(place)) continue;
    found.set(place, {path, place, holds: isTemplate ? 'template' : 'spec'});
  }
  return [...found.values()];
}

/** Kubernetes' own groups: all of their kinds with pods are known, and CRDs hold schemas. */
function isBuiltIn({group}: GroupKind): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function podSpecPathsIn(root: Json): readonly Path[] {
  const found: Path[] = [];
  /** Where the search is: copied only where something is found. */
  const path: (string | number)[] = [];
  const visit = (value: Json | undefined) => {
    if (isMap(value) && isPodSpec(value)) found.push([...path]);
    else if (isMap(value) || isList(value)) {
      for (const [key, child] of childrenOf(value)) {
        path.push(key);
        visit(child);
        path.pop();
      }
    }
  };
  visit(root);
  return found;
}

function isPodSpec({containers}: JsonMap): boolean {
  if (!isList(containers) || containers.length === 0) return false;
  return containers.every(
    item =>
      isMap(item) &&
      isDnsLabel(asString(item['name']) ?? '') &&
      workFields.some(field => Object.hasOwn(item, field)),
  );
}

const workFields = ['image', 'command', 'args', 'securityContext'];

/** `path` as a policy writes it; `*` stands for what cannot be written, and for list items. */
const written = (path: Path): string =>
  path
    .map(step => (typeof step === 'string' && /^[^.[\]*]+$/.test(step) ? `.${step}` : '[*]'))
    .join('')
    .replace(/^\./, '');

/** Argo's kinds that hold a workflow, and where. */
const workflows: Readonly<Record<string, Path>> = {
  'argoproj.io/ClusterWorkflowTemplate': ['spec'],
  'argoproj.io/CronWorkflow': ['spec', 'workflowSpec'],
  'argoproj.io/Workflow': ['spec'],
  'argoproj.io/WorkflowTemplate': ['spec'],
};

/** Where an Argo workflow, its defaults or one of its templates patches the pods that are made of it. */
export function podPatchesIn({group, kind, value}: Resource): readonly Path[] {
  const key = `${group}/${kind}`;
  const at = Object.hasOwn(workflows, key) ? workflows[key] : undefined;
  if (at === undefined) return [];
  const templates = [...asList(valueAt(value, [...at, 'templates'])).keys()];
  return [at, [...at, 'templateDefaults'], ...templates.map(index => [...at, 'templates', index])]
    .map(place => [...place, 'podSpecPatch'])
    .filter(path => (asString(valueAt(value, path)) ?? '') !== '');
}
