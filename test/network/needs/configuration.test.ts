/** Hosts, ports and names as configurations write them: which connections they show with `least`. */
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {networkReport} from '../../../src/network-report.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';

const least = resolvePolicy({networkPolicy: {ingress: 'least', egress: 'least', unnamed: 'deny'}});

/** The connections between workloads, each as `client → server 8080`. */
const shows = test.macro((t, stream: string, ...expected: readonly string[]) => {
  const {after} = networkReport(readStream(stream, 'in.yaml'), least);
  const found = after
    .filter(({from, to}) => [from, to].every(end => /^[A-Z]\w+\/shop\/[\w-]+$/.test(end)))
    .map(({from, to, ports}) => `${from} → ${to} ${ports.join(',') || 'every port'}`)
    .map(text => text.replaceAll(/Deployment\/|shop\//g, ''));
  t.deepEqual(found, expected);
});

const workload = (name: string, container = '', more = '', kind = 'Deployment', labels = '') => `---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}${labels}}}
    spec: {containers: [{name: a, image: a${container === '' ? '' : `, ${container}`}}]${more}}
`;
const service = (name: string, spec = '') => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{name: sql, port: 5432, targetPort: 5}, {name: admin, port: 90, targetPort: 9}]${spec}}
`;
const db = workload('db') + service('db');
const config = (data: string, metadata = '', name = 'conf') => `---
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: shop${metadata}}
data: ${data}
`;
const volume = (more = '') => `, volumes: [{name: v, configMap: {name: conf${more}}}]`;
const mount = (subPath = '') => `volumeMounts: [{name: v, mountPath: /etc/a${subPath}}]`;

const env = (variables: Readonly<Record<string, string>>) =>
  db +
  workload(
    'web',
    `env: [${Object.entries(variables)
      .map(([name, value]) => `{name: ${name}, value: '${value}'}`)
      .join(', ')}]`,
  );
const args = (...items: readonly string[]) =>
  db + workload('web', `args: ${JSON.stringify(items)}`);
const file = (text: string, name = 'app.conf') =>
  db + config(JSON.stringify({[name]: text})) + workload('web', mount(), volume());

const sql = 'web → db 5';
const every = 'web → db 5,9';

for (const [host, port] of [
  ['DB_HOST', 'DB_PORT'],
  ['DB_ADDR', 'DB_PORT'],
  ['DB_SERVER', 'DB_PORT'],
  ['DB_HOSTNAME', 'DB_PORT'],
  ['DB_HOST_NAME', 'DB_PORT'],
  ['db.host', 'db.port'],
  ['dbHost', 'dbPort'],
  ['HOST', 'PORT'],
] as const) {
  test(`${host} beside ${port}`, shows, env({[host]: 'db', [port]: '5432'}), sql);
  test(
    `${host} beside ${port} in a ConfigMap`,
    shows,
    db +
      config(JSON.stringify({[host]: 'db', [port]: '5432'})) +
      workload('web', 'envFrom: [{configMapRef: {name: conf}}]'),
    sql,
  );
}
test('a host beside the port of another', shows, env({DB_HOST: 'db', WEB_PORT: '5432'}), every);
test('a port that the Service has not', shows, env({DB_HOST: 'db', DB_PORT: '1'}), every);
test(
  'host and port by keys of ConfigMaps',
  shows,
  db +
    config('{a: db, b: "5432"}') +
    workload(
      'web',
      'env: [{name: DB_HOST, valueFrom: {configMapKeyRef: {name: conf, key: a}}}, {name: DB_PORT, valueFrom: {configMapKeyRef: {name: conf, key: b}}}]',
    ),
  sql,
);

test('--host=a --port=5', shows, args('--host=db', '--port=5432'), sql);
test('--host a --port 5', shows, args('--db-host', 'db', '--db-port', '5432'), sql);
test('--host=a --port=5 in one item', shows, args('sh', '-c', 'psql --host=db --port=5432'), sql);
test('nc -z a 5', shows, args('nc', '-z', 'db', '5432'), sql);
test('nc -z a 5 in one item', shows, args('until nc -z db 5432; do sleep 1; done'), sql);
test('Server=a;Port=5', shows, env({CONNECTION: 'Server=db;Port=5432;Database=x'}), sql);
test('Server=a,5', shows, env({CONNECTION: 'Server=tcp:db,5432;Database=x'}), sql);
test('host=a port=5', shows, env({DSN: 'host=db user=x port=5432'}), sql);
test('port=5 host=a', shows, env({DSN: 'port=5432 host=db'}), sql);
test('JSON', shows, file('{"host":"db","port":5432}'), sql);
test(
  'JSON, the port first',
  shows,
  file('[{"port":5432,"host":"db"},{"port":90,"host":"x"}]'),
  sql,
);
test('YAML', shows, file('db:\n  host: db\n  user: x\n  port: 5432\n'), sql);
test('properties', shows, file('spring.db.host=db\nspring.db.port=5432\n'), sql);
test(
  'Envoy',
  shows,
  file('address:\n  socket_address:\n    address: db\n    port_value: 5432\n'),
  sql,
);
test('the port of another host', shows, file('{"host":"db","user":{"port":5432}}'), every);
test('a name before a placeholder', shows, args('printf', 'db:%d'), every);
test('a trailing dot', shows, args('http://db.shop.svc.cluster.local.:5432/'), sql);

test(
  '$(VAR) in args',
  shows,
  db +
    workload(
      'web',
      'env: [{name: H, value: db}, {name: P, value: "5432"}], args: ["--to=$(H):$(P)"]',
    ),
  every,
); // the variable itself names it too
test(
  '$(VAR) of a ConfigMap',
  shows,
  db +
    config('{h: "5432"}') +
    workload('web', 'envFrom: [{configMapRef: {name: conf}}], args: ["db:$(h)"]'),
  sql,
);
test('$(VAR) in another variable', shows, env({P: '5432', TO: 'db:$(P)'}), sql);
test('$(VAR) of any name', shows, env({DB_NAME: 'db', TO: 'http://$(DB_NAME):5432'}), sql);
test('$$(VAR) is none', shows, env({H: 'x', TO: '$$(H)-db'}));
test(
  'variables that double each other are bounded',
  shows,
  env(
    Object.fromEntries(
      Array.from({length: 60}, (_, at) => [
        `V${at}`,
        at === 0 ? 'db:5432 ' : `$(V${at - 1})$(V${at - 1})`,
      ]),
    ),
  ),
  sql,
);
test(
  'an annotation of the pod',
  shows,
  db +
    workload(
      'web',
      `env: [{name: TO, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['to']"}}}]`,
    ).replace('metadata: {labels', 'metadata: {annotations: {to: "db:5432"}, labels'),
  sql,
);

const agent = workload(
  'agent',
  'ports: [{containerPort: 6831, hostPort: 6831, protocol: UDP}, {containerPort: 1, hostPort: 5778}]',
  '',
  'DaemonSet',
);
const onNode = (more: string) =>
  agent +
  workload('web', `env: [{name: H, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}${more}]`);
test(
  'the address of the node with a port',
  shows,
  onNode(', {name: TO, value: "http://$(H):5778"}'),
  'web → DaemonSet/agent 1',
);
test('the address of the node alone', shows, onNode(''), 'web → DaemonSet/agent 1,6831/UDP');

const ring = `---
apiVersion: v1
kind: Service
metadata: {name: ring, namespace: shop}
spec: {clusterIP: None, selector: {ring: a}, ports: [{port: 7946}]}
`;
const member = (name: string, port: number) =>
  workload(name, `ports: [{containerPort: ${port}}]`, '', 'Deployment', ', ring: a');
test(
  'a headless Service that workloads share',
  shows,
  ring + member('a', 1) + member('b', 2),
  'a → a 1,7946',
  'b → a 1,7946',
  'a → b 2,7946',
  'b → b 2,7946',
);
test('a headless Service of one workload', shows, ring + member('a', 1));

const sidecar = (more = '') => workload('web', `env: [{name: LABEL, value: dashboard}${more}]`);
test(
  'a sidecar that reads labelled ConfigMaps',
  shows,
  db + sidecar() + config('{a: "http://db:5432"}', ', labels: {dashboard: "1"}'),
  sql,
);
test(
  'with another value',
  shows,
  db +
    sidecar(', {name: LABEL_VALUE, value: "2"}') +
    config('{a: "http://db:5432"}', ', labels: {dashboard: "1"}'),
);
test(
  'with another label',
  shows,
  db + sidecar() + config('{a: "http://db:5432"}', ', labels: {source: "1"}'),
);

test('prose is none', shows, file('The shop writes orders to db and then sends a mail.\n'));
test('a message is none', shows, args('echo "waiting for db"', '{"description": "Fail db now"}'));
test('a description is none', shows, file('shop.description=db is fine\nnote: the db, mostly\n'));
test('a setting after a description', shows, file('{description: x, host: db}\n'), every);
test('SQL is none', shows, file('CREATE DATABASE db CHARACTER SET utf8;\n'));
test('a comment is none', shows, file('# db:5432 keeps the orders\nx: 1 # see db\n'));
test('what a comment is not', shows, file('url: db:5432 # the database\n'), sql);
test('a command is no prose', shows, args('wait for db'), every);
for (const name of [
  'POSTGRES_DB',
  'PG_USER',
  'APP_NAME',
  'TOPIC',
  'OTEL_SERVICE_NAME',
  'appName',
]) {
  test(`${name} is none`, shows, env({[name]: 'db'}));
  test(`${name} in a ConfigMap is none`, shows, file(`${name}: db\n`));
}
test(
  'a variable by the key of a ConfigMap is none',
  shows,
  db +
    config('{a: db}') +
    workload('web', 'env: [{name: PG_USER, valueFrom: {configMapKeyRef: {name: conf, key: a}}}]'),
);
test('an address is one all the same', shows, env({APP_NAME: 'db:5432'}), sql);
test(
  'a key that `subPath` does not mount is none',
  shows,
  db + config('{a: "db:5432", b: x}') + workload('web', mount(', subPath: b'), volume()),
);
test(
  'a key that `subPath` mounts',
  shows,
  db + config('{a: "db:5432", b: x}') + workload('web', mount(', subPath: a'), volume()),
  sql,
);
test(
  'an item that `subPath` mounts',
  shows,
  db +
    config('{a: "db:5432", b: "db:90"}') +
    workload(
      'web',
      mount(', subPath: conf/x'),
      volume(', items: [{key: a, path: conf/x}, {key: b, path: y}]'),
    ),
  sql,
);
test(
  'a name of the internet is none',
  shows,
  env({URL: 'https://db.io', DOCS: 'https://db.dev/x'}),
);
test('a namespace in a URL', shows, env({URL: 'http://db.shop:5432'}), sql);
test(
  'one’s own name is none',
  shows,
  db +
    workload('web', 'env: [{name: SELF, value: web}]', '', 'Deployment') +
    service('web') +
    workload('canary', '').replace('labels: {app: canary', 'labels: {app: web'),
);
