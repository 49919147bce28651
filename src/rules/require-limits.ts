import {asMap, type JsonMap, valueAt} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * Required fields, in containers and init containers: `resources.limits.cpu` and
 * `resources.limits.memory`, or the pod's own. Ephemeral containers may have none. Tekton calls
 * them `computeResources`.
 */
export const requireLimits: Rule = {
  id: 'require-limits',
  title: 'Containers must have resource limits',
  severity: 'low',
  remedy: 'Set `resources.limits` for CPU and memory.',
  rationale:
    'A container without limits takes all it can get: when it is faulty or compromised, it starves other pods on the node.',
  references: {
    kubescape: ['C-0270', 'C-0271'],
    nsa: 'Network separation and hardening',
    nist: ['SC-6'],
  },
  *checkContainer({list, name, value, path}, pod) {
    if (list === 'ephemeralContainers') return;
    for (const resource of ['cpu', 'memory']) {
      if (isLimited(value, resource) || isLimited(pod.value, resource)) continue;
      yield {
        path: [...path, 'resources', 'limits', resource],
        container: name,
        message: `\`limits.${resource}\` of container "${name}" must be set: without it, the container takes all it can get`,
      };
    }
  },
};

const isLimited = (value: JsonMap, resource: string): boolean =>
  ['resources', 'computeResources'].some(key => {
    const limit = asMap(valueAt(value, [key, 'limits']))?.[resource];
    return limit !== undefined && limit !== null;
  });
