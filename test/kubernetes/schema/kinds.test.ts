import test from 'ava';
import {parseGroupVersion} from '../../../src/kubernetes/group-version.ts';
import {knownKind, mistakenKind} from '../../../src/kubernetes/schema/kinds.ts';

const identity = (apiVersion: string, kind: string) => {
  const parsed = parseGroupVersion(apiVersion);
  if (parsed === undefined) throw new Error(apiVersion);
  return {...parsed, kind};
};

const meant = test.macro((t, apiVersion: string, kind: string, expected: string | undefined) => {
  t.is(mistakenKind(identity(apiVersion, kind))?.meant, expected);
});

test('a kind without its group', meant, 'v1', 'Deployment', 'apps/v1');
test('the group of another kind', meant, 'apps/v1', 'CronJob', 'batch/v1');
test(
  'a group that does not exist',
  meant,
  'rbac/v1',
  'ClusterRole',
  'rbac.authorization.k8s.io/v1',
);
test('a group without its end', meant, 'networking/v1', 'Ingress', 'networking.k8s.io/v1');
test('half of the end', meant, 'rbac.authorization/v1', 'Role', 'rbac.authorization.k8s.io/v1');
test(
  'a letter too few in a group',
  meant,
  'networking.k8.io/v1',
  'Ingress',
  'networking.k8s.io/v1',
);
test('a kind in another case', meant, 'apps/v1', 'deployment', 'apps/v1 Deployment');
test('swapped letters', meant, 'apps/v1', 'Deploymnet', 'apps/v1 Deployment');
test('a plural', meant, 'v1', 'ConfigMaps', 'v1 ConfigMap');
test('a misspelt kind in the wrong group', meant, 'v1', 'deployment', 'apps/v1 Deployment');
test('right', meant, 'apps/v1', 'Deployment', undefined);
test('a former group', meant, 'extensions/v1beta1', 'Ingress', undefined);
test('a later version', meant, 'apps/v3', 'Deployment', undefined);
test('a later kind', meant, 'resource.k8s.io/v1', 'DeviceClaim', undefined);
test('a kind of OpenShift', meant, 'v1', 'DeploymentConfig', undefined);
test('a custom resource', meant, 'serving.knative.dev/v1', 'Service', undefined);
test('a similar group', meant, 'networking.gke.io/v1', 'NetworkPolicy', undefined);
test('another kind in a similar group', meant, 'policy.k8s.io/v1', 'Server', undefined);

test('the fields of a version that is not known are those of another one', t => {
  const later = knownKind(identity('batch/v3', 'CronJob'));
  t.false(later?.isExact);
  t.true(later?.type.fields.has('spec'));
  t.true(knownKind(identity('batch/v1', 'CronJob'))?.isExact);
  t.is(knownKind(identity('example.com/v1', 'CronJob')), undefined);
});
