import type {Path} from '../json.ts';
import {groupOf, type Resource} from './resource.ts';

/** Where the built-in workloads keep their pod templates: a mapping with `metadata` and `spec`. */
const builtIn: Readonly<Record<string, Path>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'batch/Job': ['spec', 'template'],
};

const templates = new Map(Object.entries(builtIn).map(([kind, path]) => [kind, [path]]));

/** The paths of the pod templates that `resource` may hold. */
export const podTemplatesOf = (resource: Resource): readonly Path[] =>
  templates.get(`${groupOf(resource.apiVersion)}/${resource.kind}`) ?? [];
