import test from 'ava';
import {hostsIn} from '../../../src/network/needs/hosts-in-text.ts';

const services = new Set(['web', 'db', 'cache', 'postgres', 'my-svc']);

/** The hosts in `text`, each as `name[.namespace][:port][!]`, with `!` for what must be an address. */
const finds = test.macro((t, text: string, ...expected: readonly string[]) => {
  const found = [...hostsIn(text, name => services.has(name))].map(({names, port}) => {
    const [first] = names;
    const namespace = first?.namespace === undefined ? '' : `.${first.namespace}`;
    return `${first?.name}${namespace}${port === undefined ? '' : `:${port}`}${first?.isAddress ? '!' : ''}`;
  });
  t.deepEqual(found, expected);
});

test('a name alone', finds, 'db', 'db');
test('with a port', finds, 'db:5432', 'db:5432!');
test('in a URL', finds, 'http://web/path', 'web!');
test('in a URL with a port and a user', finds, 'postgres://me:pw@db:5432/web', 'db:5432!');
test('with a namespace', finds, 'db.shop:5432', 'db.shop:5432!');
test('with `.svc`', finds, 'db.shop.svc', 'db.shop!');
test('with a cluster domain', finds, 'https://db.shop.svc.cluster.local', 'db.shop!');
test('with a domain of one’s own', finds, 'db.shop.svc.k8s.example.com', 'db.shop!');
test('with the dot of a full name', finds, 'db.shop.svc.cluster.local.', 'db.shop!');
test('behind a pod', finds, 'cache-0.cache:6379', 'cache:6379!');
test('behind a pod, in full', finds, 'cache-0.cache.shop.svc.cluster.local', 'cache.shop!');
test('behind a pod, with a namespace', finds, 'cache-0.cache.shop', 'cache.shop');
test('as a record of SRV', finds, '_sql._tcp.db.shop.svc.cluster.local', 'db.shop!');
test('several in a list', finds, 'web:80,db:5432;cache', 'web:80!', 'db:5432!', 'cache');
test('behind an option', finds, '--server=web --db my-svc', 'web', 'my-svc');
test('in JSON', finds, '{"host": "db", "web": 1}', 'db');
test('in YAML', finds, 'web:\n  host: db\n', 'db');
test('before a port that is a variable', finds, `db:$PORT db:\${PORT}`, 'db!', 'db!');
test('by the variables of Kubernetes', finds, '$(MY_SVC_SERVICE_HOST)', 'my-svc!');
test('the scheme of a URL is none', finds, 'postgres://example.com');
test('a user is none', finds, 'me@example.com db@example.com http://db:secret@example.com');
test('a part of a path is none', finds, '/var/lib/db/data web/index.html ./web/x');
test('a key is none', finds, 'db=1 web: x "cache": 2');
test('a variable is none', finds, `$db \${web} $(cache)`);
test('a part of a word is none', finds, 'webs my-db db_x dbs.shop');
test('a name of the internet is none', finds, 'https://db.example.com https://www.web.example.com');
test('no names, no hosts', finds, '');

test('a long text is read in one go', t => {
  for (const unit of ['db ', 'db.', 'db:', 'db"', `db \${`, 'a.', '/', '@']) {
    t.notThrows(() => [...hostsIn(unit.repeat(200_000), name => services.has(name))]);
  }
});
