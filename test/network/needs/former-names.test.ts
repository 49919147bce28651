/**
 * References that kustomize updates after all transformers have run: they have the former names.
 */
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {Cluster} from '../evaluator.ts';

/** An object as kustomize passes it to a transformer, with `namespace: demo-system` and `namePrefix: demo-`. */
const object = (apiVersion: string, kind: string, name: string, rest: string) => `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: demo-${name}
  namespace: demo-system
  annotations:
    internal.config.kubernetes.io/prefixes: demo-
    internal.config.kubernetes.io/previousKinds: ${kind},${kind}
    internal.config.kubernetes.io/previousNames: ${name},${name}
    internal.config.kubernetes.io/previousNamespaces: system,demo-system
${rest}
`;
const deployment = (name: string, container: string, more = '') =>
  object(
    'apps/v1',
    'Deployment',
    name,
    `spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {${more}containers: [{name: a, image: a, ${container}}]}`,
  );
const service = (name: string, port: number) =>
  object('v1', 'Service', name, `spec: {selector: {app: ${name}}, ports: [{port: ${port}}]}`);

const stream = [
  deployment(
    'manager',
    'ports: [{containerPort: 9443}], envFrom: [{configMapRef: {name: settings}}]',
    'serviceAccountName: manager, ',
  ),
  deployment('store', 'ports: [{containerPort: 9000}]'),
  deployment('other', 'ports: [{containerPort: 9000}], args: ["http://store:9000"]'),
  service('manager', 9443),
  service('store', 9000),
  object('v1', 'ConfigMap', 'settings', 'data: {STORE: "http://demo-store:9000"}'),
  object(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    'checks',
    'webhooks: [{clientConfig: {service: {name: manager, namespace: system, port: 9443}}}]',
  ),
  object(
    'networking.k8s.io/v1',
    'Ingress',
    'store',
    'spec: {rules: [{http: {paths: [{backend: {service: {name: store, port: {number: 9000}}}}]}}]}',
  ),
  object('v1', 'ServiceAccount', 'manager', ''),
  object(
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    'manager',
    'roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: manager, namespace: system}]',
  ),
].join('');

const neighbours = `---
kind: Pod
metadata: {name: controller, namespace: ingress, labels: {app.kubernetes.io/name: traefik}}
spec: {containers: [{}]}
`;

const cluster = (text: string) => {
  const networkPolicy = {ingress: 'least', egress: 'least', unnamed: 'deny'} as const;
  return new Cluster(harden(text, 'in', resolvePolicy({networkPolicy})).text + neighbours, 'x');
};

test('a webhook, by the name and the namespace of before', t => {
  const seen = cluster(stream);
  t.true(seen.admits('10.1.2.3', seen.pod('demo-manager'), 9443));
  t.false(seen.admits('10.1.2.3', seen.pod('demo-store'), 9000));
});

test('a Service, by the name of now and by that of before', t => {
  const seen = cluster(stream);
  for (const client of ['demo-manager', 'demo-other', 'controller']) {
    t.true(seen.admits(seen.pod(client), seen.pod('demo-store'), 9000), client);
  }
  t.false(seen.admits(seen.pod('demo-store'), seen.pod('demo-manager'), 9443));
});

test('an account that a binding names', t => {
  const seen = cluster(stream);
  t.true(seen.admits(seen.pod('demo-manager'), '10.96.0.1', 443));
  t.false(seen.admits(seen.pod('demo-store'), '10.96.0.1', 443));
});

test('more names than anybody has are not looked at', t => {
  const many = Array.from({length: 20_000}, (_, at) => `n${at}`).join(',');
  const text = stream.replaceAll('previousNames: store,store', `previousNames: ${many},store`);
  const started = performance.now();
  const seen = cluster(text);
  t.true(seen.admits(seen.pod('demo-manager'), seen.pod('demo-store'), 9000));
  t.true(performance.now() - started < 10_000);
});
