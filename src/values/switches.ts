import {asString, isMap, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import type {Provable} from './laboratory.ts';
import type {RenderedObject} from './rendering.ts';
import type {Setting} from './setting.ts';

/** A value that charts name after what it switches. */
interface Switch {
  /** What its key looks like, with those above it, joined by dots. */
  readonly key: RegExp;
  readonly from: Json;
  readonly to: Json;
}

const off = (key: RegExp): Switch => ({key, from: true, to: false});
const on = (key: RegExp): Switch => ({key, from: false, to: true});

const hostPath = [
  off(
    /host_?(?:path|root|sys|proc|dev|dir)[^.]*(?:\.(?:enabled|mount))?$|(?:docker|containerd)[^.]*\.enabled$/i,
  ),
];
const rbac = [off(/(?:rbac|cluster_?roles?)(?:\.\w+)?$/i)];

/** The values by which charts often switch what a rule is about. */
const switches: Readonly<Record<string, readonly Switch[]>> = {
  'require-network-policy': [on(/network_?polic(?:y|ies)(?:\.(?:enabled|create))?$/i)],
  'no-open-network-policy': [off(/network_?polic(?:y|ies)\..*allow_?external(?:_?egress)?$/i)],
  'no-host-network': [off(/host_?network(?:\.enabled)?$/i)],
  'no-host-pid': [off(/host_?pid(?:\.enabled)?$/i)],
  'no-host-ipc': [off(/host_?ipc(?:\.enabled)?$/i)],
  'no-host-port': [off(/host_?ports?(?:\.enabled)?$/i)],
  'no-privileged': [off(/privileged(?:\.enabled)?$/i)],
  'no-automounted-token': [off(/automount[^.]*$/i)],
  'no-default-service-account': [on(/service_?account\.(?:create|enabled)$/i)],
  'no-load-balancer': [{key: /type$/i, from: 'LoadBalancer', to: 'ClusterIP'}],
  'no-node-port': [{key: /type$/i, from: 'NodePort', to: 'ClusterIP'}],
  'no-host-path': hostPath,
  'no-sensitive-host-path': hostPath,
  'restricted-volumes': hostPath,
  'root-with-host-path': hostPath,
  'no-runtime-socket': hostPath,
  'no-wildcard-rbac': rbac,
  'no-cluster-admin': rbac,
  'no-secret-listing': rbac,
  'no-escalation-verbs': rbac,
  'no-workload-writes': rbac,
  'no-pod-exec': rbac,
  'no-port-forward': rbac,
  'no-mutating-admission': [off(/(?:webhooks?|admission\w*)(?:\.(?:enabled|create))?$/i)],
};

/** Charts often have a value that leaves out their tests, the hooks of `helm test`. */
const testSwitches = [
  off(/(?:^|\.)tests?(?:_?framework)?(?:\.enabled)?$|(?:^|\.)tests?_?enabled$/i),
];

const isTest = ({value}: RenderedObject): boolean =>
  /(?:^|,)\s*test(?:-success|-failure)?\s*(?:,|$)/.test(
    asString(valueAt(value, ['metadata', 'annotations', 'helm.sh/hook'])) ?? '',
  );

/** Charts often have a value that leaves out a container, such as `volumePermissions.enabled` for `volume-permissions`. */
function containerSwitches(container: string | undefined): readonly Switch[] {
  const words = container?.split(/[^A-Za-z0-9]+/).filter(word => word !== '') ?? [];
  if (words.join('').length < shortestName) return [];
  return [off(new RegExp(`(?:^|\\.)${words.join('[_-]?')}(?:image|container)?\\.enabled$`, 'i'))];
}

/** Shorter names of containers say too little. */
const shortestName = 4;

/** More keys of one kind are not tried. */
const mostSwitches = 3;
const mostVisited = 200_000;

/** The settings that may clear a finding, by their names; `leaves` are the values. */
export function switchesFor(
  {rule, container, object}: Pick<Provable, 'rule' | 'container' | 'object'>,
  leaves: readonly Setting[],
): readonly Setting[] {
  const known = [
    ...(Object.hasOwn(switches, rule) ? (switches[rule] ?? []) : []),
    ...containerSwitches(container),
    ...(isTest(object) ? testSwitches : []),
  ];
  if (known.length === 0) return [];
  const found: Setting[] = [];
  for (const {path, value} of leaves) {
    const name = path.join('.');
    const match = known.find(each => each.from === value && each.key.test(name));
    if (match !== undefined) found.push({path, value: match.to});
    if (found.length === mostSwitches) break;
  }
  return found;
}

/** The scalars in mappings, those nearest to the top first. */
export function leavesOf(values: JsonMap): readonly Setting[] {
  const leaves: Setting[] = [];
  const queue: [JsonMap, Path][] = [[values, []]];
  let visited = 0;
  for (const [map, path] of queue) {
    for (const key of Object.keys(map)) {
      if (visited++ > mostVisited) return leaves;
      const value = map[key] as Json;
      if (isMap(value)) queue.push([value, [...path, key]]);
      else leaves.push({path: [...path, key], value});
    }
  }
  return leaves;
}
