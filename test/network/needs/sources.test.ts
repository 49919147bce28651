/** Connections from custom resources, annotations and other names, checked with the evaluator. */
import test from 'ava';
import type {PolicyChoices} from '../../../src/config/resolve.ts';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import {Cluster} from '../evaluator.ts';

const pod = (name: string, more = '', annotations = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}${annotations}}
spec: {containers: [{name: a, image: a${more}}]}
`;
const server = (name = 'server', annotations = '') =>
  pod(
    name,
    ', ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}, {name: dns, containerPort: 53, protocol: UDP}]',
    annotations,
  );
const service = (name = 'server', more = '') => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop${more}}
spec: {selector: {app: ${name}}, ports: [{name: web, port: 80, targetPort: http}, {name: m, port: 90, targetPort: 9090}]}
`;
const object = (apiVersion: string, kind: string, spec: string, name = 'x') => `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec: ${spec}
`;
const client = (text: string) => pod('client', `, args: ["${text}"]`);

const outsiders = {
  client: '',
  other: 'namespace: shop, labels: {app: other}',
  traefik: 'namespace: ingress, labels: {app.kubernetes.io/name: traefik}',
  contour: 'namespace: ingress, labels: {app.kubernetes.io/name: contour}',
  istio: 'namespace: istio-system, labels: {istio: ingressgateway}',
  own: 'namespace: edge, labels: {istio: own, tier: edge}',
  gateway: 'namespace: shop, labels: {gateway.networking.k8s.io/gateway-name: g}',
  router: 'namespace: openshift-ingress, labels: {app: router}',
  prometheus: 'namespace: monitoring, labels: {app.kubernetes.io/name: prometheus}',
};
const neighbours = [
  `---
kind: Namespace
metadata: {name: openshift-ingress, labels: {policy-group.network.openshift.io/ingress: ""}}
`,
  ...Object.entries(outsiders)
    .filter(([, metadata]) => metadata !== '')
    .map(
      ([name, metadata]) =>
        `---
kind: Pod
metadata: {name: ${name}, ${metadata}}
spec: {containers: [{}]}
`,
    ),
].join('');

const least = {ingress: 'least', egress: 'least', unnamed: 'deny'} as const;

/** Who reaches the server on which port: `traefik 8080`. */
const admits = test.macro(
  (
    t,
    stream: string,
    expected: readonly string[],
    networkPolicy: PolicyChoices['networkPolicy'] = {},
  ) => {
    const policy = resolvePolicy({networkPolicy: {...least, ...networkPolicy}});
    const {text} = harden(stream, 'in', policy);
    t.is(harden(text, 'in', policy).text, text);
    const cluster = new Cluster(text + neighbours, 'shop');
    const found = [...Object.keys(outsiders), '203.0.113.7', '10.0.0.1'].flatMap(name => {
      const isAddress = /^\d/.test(name);
      if (!isAddress && !cluster.pods.some(each => each.name === name)) return [];
      return [8080, 9090, 80, 1]
        .filter(port =>
          cluster.admits(isAddress ? name : cluster.pod(name), cluster.pod('server'), port),
        )
        .map(port => `${name} ${port}`);
    });
    t.deepEqual(found, expected);
  },
);

const plain = server() + service();
const fromControllers = (port: number) => [`traefik ${port}`, `contour ${port}`];
const fromGateways = (port: number) =>
  ['traefik', 'contour', 'istio', 'gateway', 'router'].map(name => `${name} ${port}`);

for (const group of ['traefik.io', 'traefik.containo.us']) {
  for (const kind of ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP']) {
    test(
      `${group} ${kind}`,
      admits,
      plain +
        object(`${group}/v1alpha1`, kind, '{routes: [{services: [{name: server, port: web}]}]}'),
      fromControllers(8080),
    );
  }
}
test(
  'an IngressRoute of another group',
  admits,
  plain + object('example.com/v1', 'IngressRoute', '{routes: [{services: [{name: server}]}]}'),
  [],
);
test(
  'an IngressRoute by way of a TraefikService',
  admits,
  plain +
    object(
      'traefik.io/v1alpha1',
      'IngressRoute',
      '{routes: [{services: [{name: w, kind: TraefikService}]}]}',
    ) +
    object(
      'traefik.io/v1alpha1',
      'TraefikService',
      '{weighted: {services: [{name: server, port: 80}]}}',
      'w',
    ),
  fromControllers(8080),
);
test(
  'a TraefikService that mirrors',
  admits,
  plain +
    object(
      'traefik.io/v1alpha1',
      'TraefikService',
      '{mirroring: {name: far, port: 1, mirrors: [{name: server, port: 90}]}}',
    ),
  fromControllers(9090),
);
test(
  'a route to a TraefikService of a Service’s name',
  admits,
  plain +
    object(
      'traefik.io/v1alpha1',
      'IngressRoute',
      '{routes: [{services: [{name: server, kind: TraefikService}]}]}',
    ),
  [],
);
test(
  'an HTTPProxy',
  admits,
  plain +
    object(
      'projectcontour.io/v1',
      'HTTPProxy',
      '{routes: [{services: [{name: server, port: 80}]}], tcpproxy: {services: [{name: server, port: 90}]}}',
    ),
  ['traefik 8080', 'traefik 9090', 'contour 8080', 'contour 9090'],
);

test('an IngressRoute that is exposed on purpose opens what it sends to, and no more', t => {
  const stream =
    plain +
    object(
      'traefik.io/v1alpha1',
      'IngressRoute',
      '{routes: [{services: [{name: server, port: web}]}]}',
    );
  const policy = resolvePolicy({
    networkPolicy: least,
    exposed: [{match: {kind: 'IngressRoute', name: 'x'}, reason: 'the front door'}],
  });
  const {text, findings} = harden(stream, 'in', policy);
  const cluster = new Cluster(text, 'shop');
  const open = [8080, 9090].filter(port =>
    cluster.admits('203.0.113.7', cluster.pod('server'), port),
  );
  t.deepEqual(open, [8080]);
  const found = findings.find(({rule}) => rule === 'no-public-ingress');
  t.is(found?.status, 'excepted');
});

const istio = 'networking.istio.io/v1';
const toServer = 'route: [{destination: {host: server, port: {number: 80}}}]';
const virtual = (spec: string) => plain + object(istio, 'VirtualService', spec);
test(
  'a VirtualService behind a gateway that is not of the stream',
  admits,
  virtual(`{hosts: [a.example.com], gateways: [far/edge], http: [{${toServer}}]}`),
  fromGateways(8080),
);
test(
  'a VirtualService behind a gateway of the stream: from the pods that it selects',
  admits,
  virtual(`{hosts: [a.example.com], gateways: [edge], http: [{${toServer}}]}`) +
    object(istio, 'Gateway', '{selector: {istio: own}, servers: []}', 'edge'),
  ['own 8080'],
);
test(
  'a gateway of the stream that selects everything tells nothing',
  admits,
  virtual(`{hosts: [a.example.com], gateways: [shop/edge], http: [{${toServer}}]}`) +
    object(istio, 'Gateway', '{selector: {}}', 'edge'),
  fromGateways(8080),
);
test(
  'gateways that the policy closes',
  admits,
  virtual(`{hosts: [a.example.com], gateways: [edge], http: [{${toServer}}]}`) +
    object(istio, 'Gateway', '{selector: {istio: own}}', 'edge'),
  [],
  {gateways: []},
);
test(
  'a VirtualService by full name, over TLS and TCP, mirrored',
  admits,
  virtual(
    '{hosts: [a], gateways: [g], tls: [{route: [{destination: {host: server.shop.svc.cluster.local, port: {number: 80}}}]}], http: [{mirror: {host: server, port: {number: 90}}}], tcp: [{route: [{destination: {host: server.far.svc.cluster.local}}]}]}',
  ),
  ['traefik', 'contour', 'istio', 'gateway', 'router'].flatMap(name => [
    `${name} 8080`,
    `${name} 9090`,
  ]),
);
test(
  'a VirtualService within the mesh: who asks for its host is led to its destination',
  admits,
  virtual(`{hosts: [front], http: [{${toServer}}]}`) + service('front') + client('http://front/'),
  ['client 8080'],
);
test(
  'a VirtualService within the mesh, for which nobody asks',
  admits,
  virtual(`{hosts: [front], http: [{${toServer}}]}`) + service('front') + client('nothing'),
  [],
);

const route = (kind: string, spec: string) => object('gateway.networking.k8s.io/v1', kind, spec);
for (const kind of ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute']) {
  test(
    `a ${kind}`,
    admits,
    plain +
      route(kind, '{parentRefs: [{name: g}], rules: [{backendRefs: [{name: server, port: 80}]}]}'),
    fromGateways(8080),
  );
}
test(
  'a mirror of one backend',
  admits,
  plain +
    route(
      'HTTPRoute',
      '{rules: [{backendRefs: [{name: far, port: 1, filters: [{requestMirror: {backendRef: {name: server, port: 90}}}]}]}]}',
    ),
  fromGateways(9090),
);
test(
  'a route whose parent is a Service leads who asks for it, and no gateway',
  admits,
  plain +
    service('front') +
    client('http://front/') +
    route(
      'HTTPRoute',
      '{parentRefs: [{kind: Service, group: "", name: front}], rules: [{backendRefs: [{name: server, port: 80}]}]}',
    ),
  ['client 8080'],
);

const openShift = (more: string) =>
  plain + object('route.openshift.io/v1', 'Route', `{to: {kind: Service, name: server}${more}}`);
test(
  'a Route',
  admits,
  openShift(''),
  fromGateways(8080).flatMap(each => [each, each.replace('8080', '9090')]),
);
test(
  'a Route to a port by the Service’s name',
  admits,
  openShift(', port: {targetPort: web}'),
  fromGateways(8080),
);
test(
  'a Route to a port by the pod’s name',
  admits,
  openShift(', port: {targetPort: http}'),
  fromGateways(8080),
);
test(
  'a Route to a port by number',
  admits,
  openShift(', port: {targetPort: 9090}'),
  fromGateways(9090),
);
test(
  'a Route to a port that the Service has not',
  admits,
  openShift(', port: {targetPort: 80}'),
  [],
);

const scraped = (more = '') => `, annotations: {prometheus.io/scrape: "true"${more}}`;
test('a pod that has itself scraped: on each port over TCP', admits, server('server', scraped()), [
  'prometheus 8080',
  'prometheus 9090',
]);
test(
  'on the port that it names',
  admits,
  server('server', scraped(', prometheus.io/port: "9090"')),
  ['prometheus 9090'],
);
test(
  'on a port that it does not declare',
  admits,
  server('server', scraped(', prometheus.io/port: "80"')),
  ['prometheus 80'],
);
test('a pod that does not', admits, server('server', scraped().replace('"true"', '"false"')), []);
test(
  'a Service that has its pods scraped',
  admits,
  server() + service('server', scraped(', prometheus.io/port: "9090"')),
  ['prometheus 9090'],
);
test('a Service that names no port', admits, server() + service('server', scraped()), [
  'prometheus 8080',
  'prometheus 9090',
]);
test('nobody monitors', admits, server('server', scraped()), [], {monitoring: []});

const named = (host: string) => `---
apiVersion: v1
kind: Service
metadata: {name: alias, namespace: shop}
spec: {type: ExternalName, externalName: ${host}}
`;
test(
  'an ExternalName that stands for a Service',
  admits,
  plain + named('server.shop.svc.cluster.local') + client('http://alias:80/'),
  ['client 8080'],
);
test(
  'an ExternalName that stands for one in another namespace',
  admits,
  plain + named('server.far.svc.cluster.local') + client('http://alias:80/'),
  [],
);
test(
  'an ExternalName for which nobody asks',
  admits,
  plain + named('server.shop.svc.cluster.local'),
  [],
);
test(
  'names that stand for each other',
  admits,
  plain +
    named('other.shop.svc.cluster.local') +
    named('alias.shop.svc.cluster.local').replace('name: alias', 'name: other') +
    client('http://alias:80/'),
  [],
);

const isOfNetwork = ({rule}: {readonly rule: string}) => rule === 'require-network-policy';

const leads = (more: string, choices: PolicyChoices['networkPolicy'] = least) => {
  const policy = resolvePolicy({networkPolicy: choices});
  const {text, notes} = harden(client('http://db:5432/') + more, 'in', policy);
  const cluster = new Cluster(text, 'shop');
  const reached = ['10.1.2.3', '10.1.2.4', '203.0.113.7', '169.254.169.254'].flatMap(address =>
    [5432, 80]
      .filter(port => cluster.admits(cluster.pod('client'), address, port))
      .map(port => `${address}:${port}`),
  );
  const told = notes
    .filter(isOfNetwork)
    .map(({message}) => /lead to (.*), which their policy/.exec(message)?.[1] ?? message);
  return {reached, told};
};
const bare = `---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{port: 5432}]}
`;
const endpoints = (...addresses: readonly string[]) =>
  `${bare}---
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
subsets: [{addresses: [${addresses.map(ip => `{ip: ${ip}}`)}], ports: [{port: 5432}]}]
`;
const slice = (...addresses: readonly string[]) =>
  `${bare}---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints: [{addresses: [${addresses}]}]
ports: [{port: 5432}]
`;

for (const [kind, write] of Object.entries({endpoints, slice})) {
  test(`${kind}: private addresses are opened on the port, public ones told`, t => {
    t.deepEqual(leads(write('10.1.2.3', '203.0.113.7', '169.254.169.254')), {
      reached: ['10.1.2.3:5432'],
      told: ['203.0.113.7 and 1 other addresses'],
    });
    for (const egress of ['workloads', 'release'] as const) {
      t.deepEqual(leads(write('10.1.2.4'), {egress}), {reached: ['10.1.2.4:5432'], told: []});
    }
    t.deepEqual(leads(write('10.1.2.4'), {egress: 'deny'}), {reached: [], told: []});
  });
}
test('more addresses than a policy may list are told', t => {
  const many = Array.from({length: 101}, (_, at) => `10.1.2.${at}`);
  t.deepEqual(leads(endpoints(...many)), {
    reached: [],
    told: ['10.1.2.0 and 100 other addresses'],
  });
});
test('endpoints of a Service that selects pods are the cluster’s to write', t => {
  const selecting = endpoints('10.1.2.3').replace('spec: {', 'spec: {selector: {app: x}, ');
  t.deepEqual(leads(selecting), {reached: [], told: []});
});
test('a name outside of the stream is told where egress is closed', t => {
  const host = named('db.example.com').replace('name: alias', 'name: db');
  t.deepEqual(leads(host), {reached: [], told: ['"db.example.com"']});
  t.deepEqual(leads(host, {ingress: 'least', unnamed: 'deny'}).told, []);
});

test('many names that stand for one another, and many that ask, take no time', t => {
  const count = 400;
  const stream = Array.from({length: count}, (_, at) => {
    const same = named('alias.shop.svc.cluster.local').replace(', namespace: shop', '');
    return same + pod(`p${at}`, ', args: ["http://alias:80/"]');
  }).join('');
  const policy = resolvePolicy({networkPolicy: least});
  t.is(harden(stream, 'in', policy).notes.filter(isOfNetwork).length, 0);
});
