import {asString, type Json, type JsonMap, type Path} from '../../json.ts';
import {isPortNumber} from '../../kubernetes/container-port.ts';
import type {Resource} from '../../kubernetes/resource.ts';

/** That an object sends what it is asked to a Service. */
export interface Backend {
  readonly resource: Resource;
  readonly path: Path;
  readonly name: string;
  readonly namespace?: string;
  /** The Service's port by number or name; every port where none is named. */
  readonly port?: number | string;
  /** The port of the endpoints, by number or by the name that the Service gives it. */
  readonly targetPort?: number | string;
  /** NetworkPolicyPeers of who sends, where an object of the stream tells. */
  readonly senders?: readonly JsonMap[];
}

/** The backend that `name` says, in the object's own namespace unless it says otherwise. */
export function* backendNamed(
  resource: Resource,
  path: Path,
  name: Json | undefined,
  namespace?: Json,
  port?: Json,
): Iterable<Backend> {
  if (typeof name !== 'string') return;
  const own = asString(namespace) ?? resource.namespace;
  const chosen = portOf(port);
  yield {
    resource,
    path,
    name,
    ...(own === undefined ? {} : {namespace: own}),
    ...(chosen === undefined ? {} : {port: chosen}),
  };
}

export const portOf = (value: Json | undefined): number | string | undefined =>
  isPortNumber(value) || typeof value === 'string' ? value : undefined;

/** A Service that a full name of the cluster's DNS means: `web.shop.svc.cluster.local`. */
export function serviceInHost(
  host: string,
): {readonly name: string; readonly namespace: string} | undefined {
  const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : {name, namespace};
}
