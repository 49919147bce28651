/**
 * What a mesh needs in addition to the ports of its pods, checked with the independent evaluator.
 */
import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {Cluster} from '../evaluator.ts';

const deployment = (name: string, metadata: string, container = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: ${metadata.replace('app: own', `app: ${name}`)}
    spec: {containers: [{name: a, image: a, ports: [{containerPort: 8080}]${container}}]}
`;
const namespace = (labels: string, annotations = '') =>
  `---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {${labels}}, annotations: {${annotations}}}
`;
const neighbours = `---
kind: Pod
metadata: {name: stranger, namespace: far, labels: {app: stranger}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: prometheus, namespace: monitoring, labels: {app.kubernetes.io/name: prometheus}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: identity, namespace: linkerd, labels: {linkerd.io/control-plane-component: identity}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: viz, namespace: linkerd-viz}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: waypoint, namespace: shop, labels: {gateway.networking.k8s.io/gateway-name: way}}
spec: {containers: [{}]}
`;

const ports = [8080, 15_008, 15_012, 15_020, 15_090, 4143, 4191, 8086, 7000, 7500];
const least = {ingress: 'least', egress: 'least', unnamed: 'deny'} as const;

/** Who reaches `web` and whom it reaches, beside its client on its own port: `stranger → web 8080`. */
function admitted(
  stream: string,
  networkPolicy: NonNullable<PolicyChoices['networkPolicy']>,
): readonly string[] {
  const policy = resolvePolicy({networkPolicy});
  const {text} = harden(stream, 'in', policy);
  if (harden(text, 'in', policy).text !== text) throw new Error('hardened twice');
  const cluster = new Cluster(text + neighbours, 'shop');
  const web = cluster.pod('web');
  return cluster.pods.flatMap(({name}) =>
    ports.flatMap(port => [
      ...(cluster.admits(cluster.pod(name), web, port) ? [`${name} → web ${port}`] : []),
      ...(cluster.admits(web, cluster.pod(name), port) && name !== 'web'
        ? [`web → ${name} ${port}`]
        : []),
    ]),
  );
}

const admits = test.macro(
  (
    t,
    metadata: string,
    around: string,
    expected: readonly string[],
    networkPolicy: NonNullable<PolicyChoices['networkPolicy']> = least,
  ) => {
    const service = `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 8080}]}
`;
    const client = deployment('client', metadata, ', args: ["http://web:8080"]');
    t.deepEqual(
      admitted(around + deployment('web', metadata) + client + service, networkPolicy),
      expected,
    );
  },
);

const plain = ['client → web 8080'];
const overHbone = [...plain, 'client → web 15008'];
const withSidecar = [
  ...overHbone,
  'prometheus → web 15008',
  'prometheus → web 15020',
  'prometheus → web 15090',
  'web → istiod 15008',
  'web → istiod 15012',
];
const withLinkerd = [
  ...plain,
  'client → web 4143',
  'prometheus → web 4143',
  'prometheus → web 4191',
  'viz → web 4143',
  'web → identity 8080',
  'web → identity 4143',
  'web → identity 8086',
  'viz → web 4191',
].sort();

const labels = (more: string) => `{labels: {app: own${more}}}`;
const annotated = (text: string) => `{labels: {app: own}, annotations: {${text}}}`;
test('no mesh', admits, labels(''), '', plain);
test('ambient, by pod', admits, labels(', istio.io/dataplane-mode: ambient'), '', overHbone);
test(
  'ambient, by namespace',
  admits,
  labels(''),
  namespace('istio.io/dataplane-mode: ambient'),
  overHbone,
);
test(
  'ambient, but for the pod',
  admits,
  labels(', istio.io/dataplane-mode: none'),
  namespace('istio.io/dataplane-mode: ambient'),
  plain,
);
test(
  'ambient, by way of a waypoint',
  admits,
  labels(''),
  namespace('istio.io/dataplane-mode: ambient, istio.io/use-waypoint: way'),
  [...overHbone, 'waypoint → web 15008', 'web → waypoint 15008'],
);
test('sidecars, by pod', admits, labels(', sidecar.istio.io/inject: "true"'), '', withSidecar);
test(
  'sidecars, by annotation',
  admits,
  annotated('sidecar.istio.io/inject: "true"'),
  '',
  withSidecar,
);
test(
  'sidecars, by namespace',
  admits,
  labels(''),
  namespace('istio-injection: enabled'),
  withSidecar,
);
test('sidecars, by revision', admits, labels(''), namespace('istio.io/rev: canary'), withSidecar);
test(
  'sidecars, but for the pod',
  admits,
  labels(', sidecar.istio.io/inject: "false"'),
  namespace('istio-injection: enabled'),
  plain,
);

test('Linkerd, by pod and by namespace', t => {
  const server = (around: string, metadata: string) =>
    [
      ...admitted(
        around +
          deployment('web', metadata) +
          deployment('client', metadata, ', args: ["http://web:8080"]') +
          `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 8080}]}
`,
        least,
      ),
    ].sort();
  t.deepEqual(server('', annotated('linkerd.io/inject: enabled')), withLinkerd);
  t.deepEqual(server(namespace('', 'linkerd.io/inject: enabled'), labels('')), withLinkerd);
  t.deepEqual(
    server(namespace('', 'linkerd.io/inject: enabled'), annotated('linkerd.io/inject: disabled')),
    plain,
  );
});

test('ports that annotations name are declared ones', t => {
  const metadata = annotated('config.linkerd.io/skip-inbound-ports: "7000, 7400-7600, x, 99999"');
  const found = admitted(deployment('web', metadata), {});
  t.deepEqual(
    found.filter(each => each.startsWith('stranger → ')),
    ['stranger → web 8080', 'stranger → web 7000', 'stranger → web 7500'],
  );
});

test('probes by way of Istio are admitted on every rung, and nothing else is under deny', t => {
  const stream = deployment('web', labels(', istio.io/dataplane-mode: ambient'));
  const {text} = harden(stream, 'in', resolvePolicy({networkPolicy: {ingress: 'deny'}}));
  const cluster = new Cluster(text + neighbours, 'shop');
  t.true(cluster.admits('169.254.7.127', cluster.pod('web'), 8080));
  t.false(cluster.admits(cluster.pod('stranger'), cluster.pod('web'), 15_008));
});

const notesOf = (stream: string) =>
  harden(stream, 'in', resolvePolicy())
    .notes.filter(({message}) => message.includes('probably run in the'))
    .map(({resource}) => `${resource.kind}/${resource.name}`);
const peer = `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: strict, namespace: shop}
spec: {mtls: {mode: STRICT}}
`;
test('a mesh that is only likely is told', t => {
  const web = deployment('web', labels(''));
  t.deepEqual(notesOf(web), []);
  t.deepEqual(notesOf(web + peer), ['PeerAuthentication/strict']);
  t.deepEqual(notesOf(deployment('web', annotated('config.linkerd.io/proxy-cpu-limit: "1"'))), [
    'Deployment/web',
  ]);
  t.deepEqual(notesOf(namespace('istio-injection: enabled') + web + peer), []);
});
