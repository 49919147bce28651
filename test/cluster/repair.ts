import {asList, asMap, isMap, type Json, type JsonMap} from '../../src/json.ts';

/**
 * The pod spec of a generated pod without what the API server refuses for reasons unrelated to
 * rules: a field that needs another, mounts of missing volumes, a missing image.
 */
export function repaired(spec: JsonMap): JsonMap {
  const {ephemeralContainers: _, os: __, hostUsers, ...rest} = spec;
  const volumes = asList(spec['volumes']).filter(isMap);
  const names = volumes.map(({name}) => name);
  const isShared = ['hostNetwork', 'hostPID', 'hostIPC'].some(field => spec[field] === true);
  const list = (field: string) => asList(spec[field]).filter(isMap);
  const containers = list('containers').map(each => container(each, names));
  const first = {name: 'c0', image: 'a'};
  return withoutUndefined({
    ...rest,
    hostUsers: isShared ? undefined : hostUsers,
    securityContext: context(spec['securityContext']),
    volumes: volumes.filter(each => Object.keys(each).length > 1 && each['hostPath'] !== null),
    containers: containers.length === 0 ? [first] : containers,
    initContainers: list('initContainers').map(each => {
      const {livenessProbe: _, lifecycle: __, ...init} = container(each, names);
      return init;
    }),
  });
}

function container(value: JsonMap, volumes: readonly (Json | undefined)[]): JsonMap {
  const {postStart, preStop} = asMap(value['lifecycle']) ?? {};
  const mounts = asList(value['volumeMounts']).filter(isMap);
  return withoutUndefined({
    ...value,
    image: value['image'] || 'a',
    livenessProbe: handler(value['livenessProbe']),
    lifecycle: withoutUndefined({postStart: handler(postStart), preStop: handler(preStop)}),
    volumeMounts: mounts
      .filter(({name}) => volumes.includes(name))
      .map((mount, index) => ({...mount, mountPath: `/m${index}`})),
    securityContext: context(value['securityContext']),
  });
}

/** One action, or no handler. */
function handler(value: Json | undefined): JsonMap | undefined {
  const {httpGet, tcpSocket} = asMap(value) ?? {};
  if (isMap(httpGet)) return {httpGet};
  return isMap(tcpSocket) ? {tcpSocket} : undefined;
}

function context(value: Json | undefined): JsonMap | undefined {
  const map = asMap(value);
  if (map === undefined) return undefined;
  const {windowsOptions: _, procMount, ...rest} = map;
  const profiles = ['seccompProfile', 'appArmorProfile'] as const;
  return withoutUndefined({
    ...rest,
    procMount: procMount === 'Default' ? procMount : undefined,
    runAsUser:
      Number(map['runAsUser'] ?? 0) < 2 ** 31 && map['runAsUser'] !== -1 ? map['runAsUser'] : 1,
    sysctls: map['sysctls'] === undefined ? undefined : unique(map['sysctls']),
    ...Object.fromEntries(profiles.map(field => [field, profile(map[field])])),
  });
}

const unique = (value: Json): Json =>
  [
    ...new Map(
      asList(value)
        .filter(isMap)
        .map(each => [each['name'], each]),
    ).values(),
  ].filter(({name}) => name !== '');

function profile(value: Json | undefined): JsonMap | undefined {
  const type = asMap(value)?.['type'];
  if (type === 'Localhost') return {type, localhostProfile: 'p'};
  return type === 'RuntimeDefault' || type === 'Unconfined' ? {type} : undefined;
}

const withoutUndefined = (fields: Readonly<Record<string, Json | undefined>>): JsonMap =>
  JSON.parse(JSON.stringify(fields)) as JsonMap;
