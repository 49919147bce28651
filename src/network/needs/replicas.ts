import type {Service} from '../../kubernetes/service.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Connection} from './connection.ts';
import type {ServiceTargets} from './service-targets.ts';
import {bySelection} from './services-by-selection.ts';

/**
 * The connections between replicas of StatefulSets, which find each other by the names of a
 * headless Service. Such a name leads to every port, and members of a cluster rarely declare
 * theirs.
 */
export function* replicasOf(
  services: readonly Service[],
  targets: ServiceTargets,
): Iterable<Connection> {
  for (const [service] of bySelection(services.filter(({isHeadless}) => isHeadless))) {
    for (const workload of targets.workloadsOf(service)) {
      if (workload.resource.kind === 'StatefulSet') yield amongReplicas(service, workload);
    }
  }
}

/** The connection between the pods of a workload through a headless Service. */
export const amongReplicas = ({resource}: Service, workload: Workload): Connection => ({
  origin: 'peers',
  from: workload,
  to: workload,
  ports: [],
  why: {
    reason: `finds its replicas by the headless Service "${resource.name}"`,
    resource,
    path: ['spec', 'clusterIP'],
  },
});
