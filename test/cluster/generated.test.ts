import fc from 'fast-check';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {asMap, type JsonMap} from '../../src/json.ts';
import {choices, comparable} from '../guard/agree.ts';
import {guardObjects, rulesIn} from '../guard/guards.ts';
import {others} from '../guard/objects.ts';
import {pods} from '../guard/pods.ts';
import type {ApiClient, Response} from './api-client.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf, until} from './control-plane.ts';
import {repaired} from './repair.ts';

const seed = Number(process.env['PROPERTY_SEED'] ?? 1);

const places: Readonly<Record<string, string>> = {
  PodTemplate: '/api/v1/namespaces/default/podtemplates',
  Service: '/api/v1/namespaces/default/services',
  PersistentVolume: '/api/v1/persistentvolumes',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding:
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
};

const template = ({metadata, spec}: JsonMap): JsonMap => ({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: {name: 'drawn'},
  template: {metadata: metadata ?? {}, spec: repaired(asMap(spec) ?? {})},
});

const create = (api: ApiClient, object: JsonMap): Promise<Response> =>
  api.request('POST', `${places[String(object['kind'])]}?dryRun=All`, object);

/**
 * Installs the guard for `choices`, which warns about everything that it finds, and waits until it
 * works.
 */
async function installGuard(api: ApiClient): Promise<void> {
  const warns = {parts: ['manifests'], action: 'Warn', flagAction: 'Warn'} as const;
  for (const object of guardObjects(choices, warns)) {
    await api.demand('POST', places[String(object['kind'])] ?? '', object);
  }
  await until('every policy of the guard', async () => {
    for (const {object, rule} of probes) {
      const {warnings} = await create(api, object);
      if (!rulesIn(warnings).includes(rule)) throw new Error(`no warning of ${rule}`);
    }
  });
}

const named = {metadata: {name: 'probe'}};
const rbac = 'rbac.authorization.k8s.io';
const anyone = [{kind: 'User', name: 'alice', apiGroup: rbac}];
const admin = {apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin'};

/** The warnings of each guard policy about the generated kinds. */
const probes: readonly {readonly object: JsonMap; readonly rule: string}[] = [
  {object: template({spec: {hostPID: true}}), rule: 'no-host-pid'},
  {object: template({spec: {}}), rule: 'pin-images'},
  {
    object: {kind: 'Service', ...named, spec: {type: 'NodePort', ports: [{port: 80}]}},
    rule: 'no-node-port',
  },
  {
    object: {kind: 'Role', ...named, rules: [{apiGroups: ['*'], resources: ['a'], verbs: ['get']}]},
    rule: 'no-wildcard-rbac',
  },
  {
    object: {kind: 'ClusterRoleBinding', ...named, roleRef: admin, subjects: anyone},
    rule: 'no-cluster-admin',
  },
];

/** An answer has room for some 4,000 characters of warnings: of more, the API server leaves out some. */
const room = 3500;

clusterTest('render and guard agree on generated objects that the API server takes', async t => {
  t.timeout(300_000);
  const plane = await controlPlaneOf(t);
  await installGuard(plane.api);
  const policy = resolvePolicy(choices);
  const drawn = [
    ...fc.sample(pods, {seed, numRuns: 300}).map(template),
    ...fc.sample(others, {seed, numRuns: 500}),
  ].map(object => JSON.stringify(object));
  const compared = new Map<string, number>();
  for (const text of drawn.flatMap(each => [each, harden(each, 'in', policy).text])) {
    const object = JSON.parse(text) as JsonMap;
    const {status, warnings} = await create(plane.api, object);
    if (status !== 201) continue;
    const found = comparable([
      ...new Set(harden(text, 'in', policy).findings.map(({rule}) => rule)),
    ]);
    const warned = comparable(rulesIn(warnings.filter(each => each.includes('kube-harden-'))));
    t.deepEqual(
      warned.filter(rule => !found.includes(rule)),
      [],
      text,
    );
    if (warnings.join().length > room) continue;
    t.deepEqual(warned, found, text);
    compared.set(String(object['kind']), (compared.get(String(object['kind'])) ?? 0) + 1);
  }
  t.log(Object.fromEntries(compared));
  t.true((compared.get('PodTemplate') ?? 0) > 100 && compared.size > 5, 'too few are taken');
});
