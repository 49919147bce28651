import test from 'ava';
import {isKind, parseGroupVersion} from '../../src/kubernetes/group-version.ts';

for (const [apiVersion, group, version] of [
  ['v1', '', 'v1'],
  ['/v1', '', 'v1'],
  ['apps/v1', 'apps', 'v1'],
  ['apps/v9', 'apps', 'v9'],
  ['v1/v1', 'v1', 'v1'],
  ['networking.k8s.io/v1beta1', 'networking.k8s.io', 'v1beta1'],
  ['example.com/two-words', 'example.com', 'two-words'],
] as const) {
  test(`"${apiVersion}" is group "${group}", version "${version}"`, t => {
    t.deepEqual(parseGroupVersion(apiVersion), {group, version});
  });
}

for (const apiVersion of [
  '',
  '/',
  'apps/',
  'v1/',
  '//v1',
  'a/b/c',
  'apps/v1/',
  '/apps/v1',
  ' v1',
  'v1 ',
  'v1\n',
  'V1',
  'Apps/v1',
  'apps /v1',
  'apps/ v1',
  'apps/v1\u0000',
  'аpps/v1',
  'apps\u2044v1',
  'apps\\v1',
  '.apps/v1',
  'a..b/v1',
  '-a/v1',
  'apps/1',
  'apps/v1.2',
  `${'a'.repeat(254)}/v1`,
  `apps/v${'1'.repeat(63)}`,
]) {
  test(`${JSON.stringify(apiVersion)} is no version that a server can serve`, t => {
    t.is(parseGroupVersion(apiVersion), undefined);
  });
}

test('kinds are names in any case', t => {
  for (const kind of ['Pod', 'pod', 'NetworkPolicy', 'IPAddress', 'X', 'My-Kind', 'K8s']) {
    t.true(isKind(kind), kind);
  }
  for (const kind of [
    '',
    ' Pod',
    'Pod ',
    'Po d',
    'Pod\n',
    'Pod/status',
    '1Pod',
    'Pod-',
    'Pöd',
    '\u212Aind',
  ]) {
    t.false(isKind(kind), kind);
  }
});
