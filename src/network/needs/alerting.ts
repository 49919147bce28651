import {asList, asMap, valueAt} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {type Backend, backendNamed} from './backend.ts';

/** The Alertmanagers that a Prometheus of the Prometheus Operator sends its alerts to. */
export function* alertmanagersOf({resource}: Workload): Iterable<Backend> {
  if (resource.group !== 'monitoring.coreos.com') return;
  const list = ['spec', 'alerting', 'alertmanagers'];
  for (const [index, item] of asList(valueAt(resource.value, list)).entries()) {
    const {name, namespace, port} = asMap(item) ?? {};
    yield* backendNamed(resource, [...list, index], name, namespace, port);
  }
}
