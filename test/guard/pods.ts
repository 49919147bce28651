import fc from 'fast-check';
import type {JsonMap} from '../../src/json.ts';

/** A field that is mostly missing: both must treat missing fields alike. */
export const maybe = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(values, {nil: undefined, freq: 3});

export const few = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.array(values, {maxLength: 3});

/** A mapping of those fields that are there. */
export const mapping = (
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<JsonMap> =>
  fc.record(fields).map(record => JSON.parse(JSON.stringify(record)) as JsonMap);

const flag = maybe(fc.boolean());
const name = fc.constantFrom('a', 'b', 'data', 'sock');
const group = maybe(fc.constantFrom(0, 1000));
const user = maybe(fc.constantFrom(0, 0, 1, 1000, 4_294_967_295, -1));

/** Spellings that runtimes treat as others, because they convert to upper case. */
const capability = fc.oneof(
  fc.constantFrom(
    'SYS_ADMIN',
    'CAP_SYS_ADMIN',
    'ALL',
    'CAP_ALL',
    'NET_BIND_SERVICE',
    'CHOWN',
    'NET_RAW',
    '',
  ),
  fc
    .tuple(
      fc.constantFrom('SYS_ADMIN', 'CAP_SYS_ADMIN', 'all', 'NET_BIND_SERVICE', 'cap_chown'),
      fc.infiniteStream(fc.nat(3)),
    )
    .map(([text, draws]) =>
      [...text].map(letter => spelt(letter, draws.next().value ?? 0)).join(''),
    ),
);

const alike: Readonly<Record<string, string>> = {S: '\u017f', I: '\u0131', K: '\u212a', _: '-'};

function spelt(letter: string, draw: number): string {
  if (draw === 0) return letter.toLowerCase();
  if (draw === 1) return alike[letter.toUpperCase()] ?? letter;
  return letter.toUpperCase();
}

const folders = [
  ...[
    '/',
    '/etc',
    '/etc/kubernetes',
    '/etcd',
    '/var/run',
    '/run/docker.sock',
    '/var/run/crio',
    '/var/lib/kubelet/pods',
  ],
  ...[
    '/run/containerd',
    '/run',
    '/var',
    '/data',
    '/dev/shm',
    '/home',
    '/usr2',
    '/var/log',
    '/opt/x/containerd.sock',
    '/a..b',
    '/var/runner',
  ],
  ...[
    '\\\\.\\pipe\\docker_engine',
    '\\\\.\\pipe',
    '//./pipe/docker_engine',
    'c:\\windows\\system32',
    'C:\\',
    'c:/ProgramData/x',
    'd:\\data',
  ],
  ...[
    '\\\\.\\PIPE\\containerd-containerd',
    'c:',
    '\\:x',
    'Users',
    '/users',
    '/Windows',
    'c:\\var\\lib\\docker',
    '',
  ],
];

/** A folder as it may be written: with empty steps, with `.` and `..`, with other slashes, in other letters. */
export const folder = fc
  .tuple(
    fc.constantFrom(...folders),
    fc.array(fc.constantFrom('slash', 'dot', 'end', 'back', 'case', 'turned'), {maxLength: 2}),
  )
  .map(([text, ways]) => ways.reduce((written, way) => respelt(written, way), text));

function respelt(text: string, way: string): string {
  const slash = /^(?:[A-Za-z]:|\\)/.test(text) ? '\\' : '/';
  switch (way) {
    case 'slash':
      return text.replace(/[\\/]/, found => found + found);
    case 'dot':
      return `${text}${slash}.`;
    case 'end':
      return `${text}${slash}`;
    case 'back':
      return `${text}${slash}x${slash}..`;
    case 'case':
      return text.toUpperCase();
    default:
      return text.replaceAll(/[\\/]/g, found => (found === '/' ? '\\' : '/'));
  }
}

const profile = maybe(
  mapping({
    type: maybe(fc.constantFrom('RuntimeDefault', 'Localhost', 'Unconfined', '', 'localhost')),
    localhostProfile: maybe(fc.constant('p')),
  }),
);
const shared = {
  runAsUser: user,
  runAsGroup: group,
  runAsNonRoot: flag,
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: maybe(
    mapping({
      type: maybe(fc.constantFrom('', 'spc_t', 'container_t', 'container_engine_t')),
      user: maybe(fc.constantFrom('', 'u')),
      role: maybe(fc.constantFrom('', 'r')),
    }),
  ),
  windowsOptions: maybe(mapping({hostProcess: flag, runAsUserName: maybe(fc.constant('u'))})),
};

const handler = maybe(
  mapping({
    httpGet: maybe(
      mapping({
        host: maybe(fc.constantFrom('', '127.0.0.1', 'db')),
        port: fc.constantFrom(80, 'http'),
      }),
    ),
    tcpSocket: maybe(
      mapping({host: maybe(fc.constantFrom('', 'localhost')), port: fc.constant(80)}),
    ),
  }),
);

const port = mapping({
  containerPort: fc.constantFrom(80, 8080, 53, 22),
  hostPort: maybe(fc.constantFrom(0, 80, 8080)),
  hostIP: maybe(fc.constantFrom('', '0.0.0.0')),
  protocol: maybe(fc.constantFrom('TCP', 'UDP')),
});

const image = fc.constantFrom(
  'a',
  'a:1',
  `a@sha256:${'0'.repeat(64)}`,
  'a@sha256:0',
  `a:1@sha256:${'F'.repeat(64)}`,
  '',
);

const container = (names: fc.Arbitrary<string>): fc.Arbitrary<JsonMap> =>
  mapping({
    name: names,
    image: maybe(image),
    ports: maybe(few(port)),
    livenessProbe: handler,
    lifecycle: maybe(mapping({postStart: handler, preStop: handler})),
    volumeMounts: maybe(few(mapping({name, mountPath: fc.constant('/m'), readOnly: flag}))),
    securityContext: maybe(
      mapping({
        ...shared,
        privileged: flag,
        allowPrivilegeEscalation: flag,
        readOnlyRootFilesystem: flag,
        procMount: maybe(fc.constantFrom('', 'Default', 'Unmasked')),
        capabilities: maybe(mapping({add: maybe(few(capability)), drop: maybe(few(capability))})),
      }),
    ),
  });

/** Each name once, as the API server has it. */
const containers = (prefix: string) =>
  fc
    .array(container(fc.constant(prefix)), {maxLength: 2})
    .map(list => list.map((each, index) => ({...each, name: `${prefix}${index}`})));

const volume = fc
  .tuple(
    fc.oneof(
      folder.map(path => ({hostPath: {path}})),
      fc.constantFrom(
        ...[
          {emptyDir: {}},
          {},
          {nfs: {server: 's', path: '/'}},
          {csi: {driver: 'd'}},
          {image: {reference: 'a:1'}},
        ],
        ...[
          {hostPath: {}},
          {hostPath: null, configMap: {name: 'c'}},
          {ephemeral: {}},
          {iscsi: {}},
          {projected: {}},
        ],
      ),
    ),
  )
  .map(([source]) => source as JsonMap);

const volumes = fc
  .tuple(
    fc.array(volume, {maxLength: 4}),
    fc.shuffledSubarray(['a', 'b', 'data', 'sock'], {minLength: 4}),
  )
  .map(([list, names]) => list.map((each, index) => ({name: names[index] ?? '', ...each})));

const annotations = maybe(
  mapping({
    'container.apparmor.security.beta.kubernetes.io/c0': maybe(
      fc.constantFrom('', 'unconfined', 'runtime/default', 'localhost/p'),
    ),
    'seccomp.security.alpha.kubernetes.io/pod': maybe(
      fc.constantFrom('unconfined', 'docker/default'),
    ),
  }),
);

/** Pods with every field that a check looks at, as an API server decodes them. */
export const pods: fc.Arbitrary<JsonMap> = fc
  .record({
    annotations,
    lists: fc.record({
      containers: containers('c'),
      initContainers: maybe(containers('i')),
      ephemeralContainers: maybe(containers('e')),
    }),
    spec: mapping({
      hostNetwork: flag,
      hostPID: flag,
      hostIPC: flag,
      shareProcessNamespace: flag,
      hostUsers: flag,
      tolerations: maybe(
        few(
          mapping({
            key: maybe(fc.constantFrom('', 'node-role.kubernetes.io/control-plane', 'a')),
            operator: maybe(fc.constantFrom('Exists', 'Equal')),
            effect: maybe(fc.constantFrom('NoSchedule', 'NoExecute')),
          }),
        ),
      ),
      nodeSelector: maybe(mapping({'node-role.kubernetes.io/master': maybe(fc.constant(''))})),
      automountServiceAccountToken: flag,
      serviceAccountName: maybe(fc.constantFrom('', 'default', 'shop')),
      serviceAccount: maybe(fc.constantFrom('', 'default', 'shop')),
      os: maybe(mapping({name: fc.constantFrom('', 'windows', 'linux', 'Windows')})),
      securityContext: maybe(
        mapping({
          ...shared,
          fsGroup: group,
          supplementalGroups: maybe(few(fc.constantFrom(0, 1000))),
          sysctls: maybe(
            few(
              mapping({
                name: fc.constantFrom(
                  'kernel.shm_rmid_forced',
                  'net.core.somaxconn',
                  'kernel/shm_rmid_forced',
                  '',
                ),
                value: fc.constantFrom('1', '1+kernel.core_pattern=|/a'),
              }),
            ),
          ),
        }),
      ),
      volumes: maybe(volumes),
    }),
  })
  .map(({annotations: given, lists, spec}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'drawn', ...(given === undefined ? {} : {annotations: given})},
    spec: {...spec, ...(JSON.parse(JSON.stringify(lists)) as JsonMap)},
  }));
