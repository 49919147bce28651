import {asString, type Json, type JsonMap, type Path} from '../../json.ts';
import {isPortNumber} from '../../kubernetes/container-port.ts';
import type {Resource} from '../../kubernetes/resource.ts';

/** A Service to which an object forwards requests. */
export interface Backend {
  readonly resource: Resource;
  readonly path: Path;
  readonly name: string;
  readonly namespace?: string;
  /** The port of the Service by number or name; every port if none is set. */
  readonly port?: number | string;
  /** The port of the endpoints, by number or by its name in the Service. */
  readonly targetPort?: number | string;
  /** The NetworkPolicyPeers of the senders, if an object in the stream shows them. */
  readonly senders?: readonly JsonMap[];
}

/** The backend `name`, in the namespace of the object unless it sets another. */
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

/** The Service for a full cluster DNS name: `web.shop.svc.cluster.local`. */
export function serviceInHost(
  host: string,
): {readonly name: string; readonly namespace: string} | undefined {
  const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : {name, namespace};
}
