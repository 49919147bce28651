import {remove} from '../edits.ts';
import {asMap, type JsonMap, type Path} from '../json.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields, in containers and init containers, from v1.34 on: `httpGet.host` and
 * `tcpSocket.host` of `livenessProbe`, `readinessProbe`, `startupProbe`, `lifecycle.postStart` and
 * `lifecycle.preStop`: must be absent or empty.
 */
export const noHostProbes: Rule = {
  id: 'no-host-probes',
  title: 'Probes and lifecycle handlers must not call another host',
  severity: 'medium',
  remedy: 'Remove `host` from probes and lifecycle handlers.',
  rationale:
    'The kubelet makes the calls of probes from the network of the node: a `host` makes it call what the pod itself may not reach, the loopback of the node included.',
  rewrite: {
    does: 'removes `host`: the call goes to the pod itself',
    disruption: 'possible',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'Host Probes / Lifecycle Hooks', since: 'v1.34'},
  },
  *checkContainer({value, path, name}) {
    for (const probe of probes) {
      const handler = asMap(value[probe]);
      if (handler !== undefined) yield* foreignHosts(handler, [...path, probe], name);
    }
    const lifecycle = asMap(value['lifecycle']);
    if (lifecycle === undefined) return;
    for (const event of ['postStart', 'preStop']) {
      const handler = asMap(lifecycle[event]);
      if (handler !== undefined) yield* foreignHosts(handler, [...path, 'lifecycle', event], name);
    }
  },
};

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];

function* foreignHosts(handler: JsonMap, at: Path, container: string): Iterable<Violation> {
  for (const action of ['httpGet', 'tcpSocket']) {
    const host = asMap(handler[action])?.['host'];
    if (typeof host !== 'string' || host === '') continue;
    const path = [...at, action, 'host'];
    yield {
      path,
      container,
      message: `\`${at[at.length - 1]}\` of container "${container}" must not call the host "${host}": the kubelet makes the call, from the network of the node`,
      edits: [remove(path)],
    };
  }
}
