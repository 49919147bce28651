import {asMap, type Path, valueAt} from '../json.ts';
import type {Container} from './pod-spec.ts';

/** The fields of a container through which the kubelet calls it: probes and lifecycle hooks. */
export const handlerFields: readonly (readonly string[])[] = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

/** The fields of such a handler that can set a host to connect to. */
export const hostActions = ['httpGet', 'tcpSocket'] as const;

/** Matches a host that means the caller itself: the node, if the kubelet calls. */
export const loopbackHost = '^(127[.]|localhost$|::1$)';

/** A handler that sets a host: the kubelet connects from its node. */
export interface HostCall {
  readonly container: string;
  /** As `lifecycle.preStop`. */
  readonly field: string;
  readonly host: string;
  /** Absent if the port is a name. */
  readonly port?: number;
  /** The path of `host`, from the root of the object. */
  readonly path: Path;
}

/** The handlers of a container that set a host. */
export function* hostCallsOf({name, value, path: at}: Container): Iterable<HostCall> {
  for (const field of handlerFields) {
    const handler = asMap(valueAt(value, field));
    if (handler === undefined) continue;
    for (const action of hostActions) {
      const {host, port} = asMap(handler[action]) ?? {};
      if (typeof host !== 'string' || host === '') continue;
      yield {
        container: name,
        field: field.join('.'),
        host,
        ...(typeof port === 'number' ? {port} : {}),
        path: [...at, ...field, action, 'host'],
      };
    }
  }
}
