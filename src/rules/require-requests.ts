import {asMap, type JsonMap, valueAt} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * Required fields, in containers and init containers: `resources.requests.cpu` and
 * `resources.requests.memory`, or limits, which are then also the requests;
 * `resources.limits.ephemeral-storage`. Ephemeral containers may have none. The first two may be
 * the pod’s own.
 */
export const requireRequests: Rule = {
  id: 'require-requests',
  title: 'Containers must request resources, and limit their storage',
  severity: 'low',
  remedy:
    'Set `resources.requests` for CPU and memory, and `resources.limits` for ephemeral storage.',
  rationale:
    'A container without requests is the first to starve and to be evicted; one without a limit on ephemeral storage can fill the disk of its node, and evicts all other pods there.',
  references: {kubescape: ['C-0268', 'C-0269'], nist: ['SC-6']},
  *checkContainer({list, name, value, path}, pod) {
    if (list === 'ephemeralContainers') return;
    for (const resource of ['cpu', 'memory']) {
      const isSet = [value, pod.value].some(
        each => has(each, 'requests', resource) || has(each, 'limits', resource),
      );
      if (isSet) continue;
      yield {
        path: [...path, 'resources', 'requests', resource],
        container: name,
        message: `\`requests.${resource}\` of container "${name}" must be set: without it, the scheduler promises it nothing`,
      };
    }
    if (has(value, 'limits', storage)) return;
    yield {
      path: [...path, 'resources', 'limits', storage],
      container: name,
      message: `\`limits.${storage}\` of container "${name}" must be set: without it, the container can fill the disk of its node`,
    };
  },
};

const storage = 'ephemeral-storage';

const has = (value: JsonMap, part: 'requests' | 'limits', resource: string): boolean =>
  ['resources', 'computeResources'].some(key => {
    const found = asMap(valueAt(value, [key, part]))?.[resource];
    return found !== undefined && found !== null;
  });
