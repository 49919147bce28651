import {spawnSync} from 'node:child_process';
import {readFileSync, rmSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {
  asList,
  asMap,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  textOf,
  valueAt,
} from '../../src/json.ts';
import {type ProfileMode, profilesOf} from '../../src/security-profiles.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {unpackApparmor} from '../tools/apparmor.ts';
import {crdFiles} from '../tools/crds.ts';
import {serialTestWithCrds, testWithApparmor} from '../tools/with-tools.ts';

const deployment = (spec: string, name = 'web') => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: ${spec}
`;

const profilesIn = (stream: string, mode: ProfileMode = 'complain') =>
  profilesOf(readStream(stream, 'in.yaml'), resolvePolicy({}), mode);

const abstractOf = (value: JsonMap, ...path: Path) => valueAt(value, ['spec', 'abstract', ...path]);
const only = (spec: string) => profilesIn(deployment(spec)).profiles[0]?.value ?? {};

test('a profile says where it belongs', t => {
  const {profiles, left} = profilesIn(deployment('{containers: [{name: web, image: web}]}'));
  t.deepEqual(left, []);
  t.deepEqual(
    profiles.map(({name, field}) => [name, field]),
    [['shop-deployment-web', 'spec.template.spec.securityContext.appArmorProfile']],
  );
});

test('what a hardened container may write and do', t => {
  const value = only(`
      containers:
        - name: web
          image: web
          securityContext: {readOnlyRootFilesystem: true, capabilities: {drop: [ALL], add: [CAP_NET_BIND_SERVICE]}}
          volumeMounts:
            - {name: data, mountPath: /data//}
            - {name: data, mountPath: /public, readOnly: true}
            - {name: odd, mountPath: "/a b, {c}"}
            - {name: settings, mountPath: /etc/web}
      volumes:
        - {name: data, emptyDir: {}}
        - {name: odd, emptyDir: {}}
        - {name: settings, configMap: {name: settings}}`);
  t.deepEqual(abstractOf(value, 'filesystem', 'readWritePaths'), [
    '/a?b???c?/**',
    '/data/**',
    '/dev/**',
    '/proc/@{pid}/**',
  ]);
  t.deepEqual(abstractOf(value, 'capability', 'allowedCapabilities'), ['net_bind_service']);
  t.is(abstractOf(value, 'network', 'allowRaw'), false);
  t.is(valueAt(value, ['spec', 'mode']), 'Complain');
});

test('one container that may write everything', t => {
  const value = only(
    '{containers: [{name: a, image: a, securityContext: {readOnlyRootFilesystem: true}}, {name: b, image: b}]}',
  );
  t.true(asList(abstractOf(value, 'filesystem', 'readWritePaths')).includes('/**'));
  t.is(abstractOf(value, 'network', 'allowRaw'), true);
});

test('no profile for what none confines', t => {
  const stream =
    deployment('{containers: [{name: a, image: a, securityContext: {privileged: true}}]}') +
    deployment('{os: {name: windows}, containers: [{name: a, image: a}]}', 'win') +
    '---\napiVersion: beat.k8s.elastic.co/v1beta1\nkind: Beat\nmetadata: {name: b}\nspec: {daemonSet: {podTemplate: {spec: {hostNetwork: true}}}}\n';
  const {profiles, left} = profilesIn(stream);
  t.deepEqual(profiles, []);
  t.deepEqual(
    left.map(({resource}) => resource.name),
    ['web', 'win', 'b'],
  );
});

test('names are those of the operator, and no two are alike', t => {
  const long = 'x'.repeat(900);
  const stream = ['a.b', 'a-b', 'a_b', long, `${long}y`]
    .map(name => deployment('{containers: [{name: a, image: a}]}', name))
    .join('');
  const names = profilesIn(stream).profiles.map(({name}) => name);
  t.is(new Set(names).size, 5);
  for (const name of names) t.regex(name, /^[a-z0-9][a-z0-9-]{0,250}[a-z0-9]$/);
});

/** What the operator makes of a profile: `crd2armor` of its v1.0.0, which validates the paths in the same way. */
function toText({metadata, spec}: JsonMap): string {
  const abstract = asMap(asMap(spec)?.['abstract']);
  const at = (...path: Path) => asList(valueAt(abstract, path)).map(textOf);
  const isEnforced = asMap(spec)?.['mode'] === 'Enforce';
  const isRaw = valueAt(abstract, ['network', 'allowRaw']) === true;
  return [
    '#include <tunables/global>',
    `profile ${textOf(asMap(metadata)?.['name'])} flags=(${isEnforced ? 'enforce' : 'complain'},attach_disconnected,mediate_deleted) {`,
    '#include <abstractions/base>',
    ...at('executable', 'allowedExecutables').map(each => `${each} ixr,`),
    ...at('executable', 'allowedLibraries').map(each => `${each} mr,`),
    ...at('filesystem', 'readWritePaths').map(each => `${each} rwlk,`),
    isRaw ? 'network raw,' : isEnforced ? 'deny network raw,' : '',
    'network tcp,',
    'network udp,',
    ...at('capability', 'allowedCapabilities').map(each => `capability ${each},`),
    '}\n',
  ].join('\n');
}

const operatorPath = /^\/[a-zA-Z0-9_./*?+@{} -]*$/;
const all = '{containers: [{name: a, image: a, securityContext: {capabilities: {add: [ALL]}}}]}';
const odd =
  '{containers: [{name: a, image: a, terminationMessagePath: "/x\\ny", volumeMounts: [{name: v, mountPath: "/ü \\",}#"}]}], volumes: [{name: v, emptyDir: {}}]}';

for (const [title, spec] of [
  ['by default', '{containers: [{name: a, image: a}]}'],
  ['with all capabilities', all],
  ['with odd paths', odd],
] as const) {
  for (const mode of ['complain', 'enforce'] as const) {
    testWithApparmor()(`apparmor_parser accepts a profile ${title}, to ${mode}`, t => {
      const {value} = profilesIn(deployment(spec), mode).profiles[0] ?? {value: {}};
      for (const path of asList(abstractOf(value, 'filesystem', 'readWritePaths'))) {
        t.regex(textOf(path), operatorPath);
      }
      const {folder, file, args} = unpackApparmor();
      const {status, stderr} = spawnSync(file, args, {input: toText(value), encoding: 'utf8'});
      rmSync(folder, {recursive: true});
      t.is(status, 0, stderr);
    });
  }
}

serialTestWithCrds(['security-profiles-operator'])(
  'the operator’s definition has each field',
  t => {
    const [file = ''] = crdFiles('security-profiles-operator');
    const {value: crd} = readStream(readFileSync(file, 'utf8'), file).resources[0] ?? {value: {}};
    const version = asList(valueAt(crd, ['spec', 'versions'])).find(
      each => asMap(each)?.['name'] === 'v1',
    );
    const schema = valueAt(version, ['schema', 'openAPIV3Schema', 'properties', 'spec']);
    for (const mode of ['complain', 'enforce'] as const) {
      const value: JsonMap = profilesIn(deployment(all), mode).profiles[0]?.value ?? {};
      t.deepEqual([...faultsIn(value['spec'], schema)], []);
    }
    t.is(valueAt(crd, ['spec', 'scope']), 'Cluster');
  },
);

/** The paths of what a schema of a definition does not allow. */
function* faultsIn(value: Json | undefined, schema: Json | undefined, at = ''): Iterable<string> {
  const {properties, items, enum: allowed, type} = asMap(schema) ?? {};
  const kind = isList(value) ? 'array' : isMap(value) ? 'object' : typeof value;
  if (type !== kind) yield `${at} is ${kind}`;
  if (isList(allowed) && !allowed.includes(value)) yield `${at} is ${textOf(value)}`;
  if (isList(value)) for (const each of value) yield* faultsIn(each, items, `${at}[]`);
  for (const [key, each] of Object.entries(asMap(value) ?? {})) {
    yield* faultsIn(each, asMap(properties)?.[key], `${at}.${key}`);
  }
}
