import test from 'ava';
import {StableNames} from '../../src/kubernetes/stable-names.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

/** An object with a name, and the release and chart that its labels name. */
const object = (kind: string, name: string, release = '', chart = 'web') => `---
apiVersion: ${kind === 'Deployment' ? 'apps/v1' : kind === 'Job' ? 'batch/v1' : kind === 'Role' ? 'rbac.authorization.k8s.io/v1' : 'v1'}
kind: ${kind}
metadata:
  name: ${name}
  labels: ${release === '' ? '{}' : `{app.kubernetes.io/instance: ${release}, helm.sh/chart: ${chart}-1.0.0}`}
${kind === 'Deployment' || kind === 'Job' ? 'spec: {template: {spec: {containers: []}}}' : ''}
`;

const titles = (objects: readonly string[], release?: string): readonly string[] => {
  const {resources} = readStream(objects.join(''), 'in.yaml');
  const names = new StableNames(resources, release === undefined ? {} : {name: release});
  return resources.map(resource => names.titleOf(resource));
};

const web = object('Deployment', 'shop-web', 'shop', 'front');
const evil = object('Deployment', 'evil-web', 'evil', 'front');

test('a release that the caller names counts alone', t => {
  t.deepEqual(titles([web, evil], 'shop'), ['Deployment/RELEASE-web', 'Deployment/evil-web']);
  t.deepEqual(titles([evil, web], 'shop'), ['Deployment/evil-web', 'Deployment/RELEASE-web']);
  t.deepEqual(titles([web], 'shop'), ['Deployment/RELEASE-web']);
});

test('a release that no object has is not that of the objects', t => {
  t.deepEqual(titles([web], 'prod'), ['Deployment/RELEASE-web']);
});

test('what all workloads name is the release of other objects too', t => {
  const role = object('Role', 'evil-web', 'evil', 'front');
  t.deepEqual(titles([web, role]), ['Deployment/RELEASE-web', 'Role/evil-web']);
});

test('two releases keep their names where they would have the same', t => {
  for (const all of [
    [web, evil],
    [evil, web],
  ]) {
    t.deepEqual(titles(all).toSorted(), ['Deployment/evil-web', 'Deployment/shop-web']);
  }
  const api = object('Deployment', 'evil-api', 'evil', 'front');
  t.deepEqual(titles([web, api]), ['Deployment/RELEASE-web', 'Deployment/RELEASE-api']);
});

test('the name of a chart is kept where another object has the name without it', t => {
  t.deepEqual(
    titles([
      object('Deployment', 'shop-front', 'shop', 'front'),
      object('Deployment', 'shop', 'shop', 'front'),
    ]),
    ['Deployment/RELEASE-front', 'Deployment/RELEASE'],
  );
});

test('only what is made anew has a hash', t => {
  t.deepEqual(
    titles([
      object('Deployment', 'web-0123456789'),
      object('ConfigMap', 'web-8mbdf7882g'),
      object('Secret', 'web-8mbdf7882g'),
      object('Job', 'web-17'),
    ]),
    ['Deployment/web-0123456789', 'ConfigMap/web-HASH', 'Secret/web-HASH', 'Job/web-HASH'],
  );
  t.deepEqual(titles([object('ConfigMap', 'a-8mbdf7882g'), object('ConfigMap', 'a-2dg4b8t6hk')]), [
    'ConfigMap/a-8mbdf7882g',
    'ConfigMap/a-2dg4b8t6hk',
  ]);
});

test('no name is one of the marks', t => {
  const [mark, role, hash] = titles([
    object('Role', 'RELEASE-web'),
    web,
    object('ConfigMap', 'a-HASH'),
  ]);
  t.is(role, 'Deployment/RELEASE-web');
  t.is(mark, String.raw`"Role/\"RELEASE\"-web"`);
  t.is(hash, String.raw`"ConfigMap/a-\"HASH\""`);
});
