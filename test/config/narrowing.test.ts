import test from 'ava';
import {readLayer} from '../../src/config/load.ts';
import {notesOn} from '../../src/config/notes.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {audit} from '../../src/harden.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: api}}
spec:
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      volumes:
        - {name: logs, hostPath: {path: /var/log/app/../app}}
        - {name: data, hostPath: {path: /data/web//}}
      containers:
        - {name: a, image: registry.example.com/team/a:1, securityContext: {privileged: true}, ports: [{containerPort: 80, hostPort: 9100}]}
        - {name: b, image: docker.io/b, securityContext: {privileged: true}, ports: [{containerPort: 81, hostPort: 81}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {type: LoadBalancer, externalIPs: [203.0.113.7, 203.0.113.8], ports: [{port: 80}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: web, namespace: trusted}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
`;

/** How many findings of each rule an exception allows. */
async function allowed(entry: string): Promise<Readonly<Record<string, number>>> {
  const text = `profile: strict\nexceptions: [${entry}]\n`;
  const {choices} = await readLayer('a.yaml', text);
  const counts: Record<string, number> = {};
  for (const {rule, status} of audit(deployment, 'in', resolvePolicy(choices)).findings) {
    if (status === 'excepted') counts[rule] = (counts[rule] ?? 0) + 1;
  }
  return counts;
}

const allows = test.macro(async (t, entry: string, expected: Readonly<Record<string, number>>) => {
  t.deepEqual(await allowed(`{${entry}, reason: a}`), expected);
});

test(
  'labels of the pods',
  allows,
  'rules: [no-privileged], match: {labels: {app: w*, tier: front}}',
  {'no-privileged': 2},
);
test(
  'labels of a workload are not those of its pods',
  allows,
  'rules: [no-privileged], match: {labels: {app: api}}',
  {},
);
test(
  'a label that is missing',
  allows,
  "rules: [no-privileged], match: {labels: {other: '*'}}",
  {},
);
test(
  'labels of an object without pods',
  allows,
  'rules: [no-external-ips], match: {labels: {app: web}}',
  {'no-external-ips': 1},
);
test('an image', allows, "rules: [no-privileged], match: {image: 'registry.example.com/team/*'}", {
  'no-privileged': 1,
});
test(
  'an image allows nothing of the pod',
  allows,
  "rules: [no-host-path, no-privileged], match: {image: '*/b'}",
  {'no-privileged': 1},
);
test('a pattern of rules', allows, "rules: ['no-host-p*'], match: {kind: Deployment}", {
  'no-host-port': 2,
  'no-host-path': 2,
});
test(
  'host ports in a range',
  allows,
  'rules: [no-host-port], match: {hostPorts: ["9100-9199", 80]}',
  {'no-host-port': 1},
);
test('host ports outside', allows, 'rules: [no-host-port], match: {hostPorts: [82]}', {});
test(
  'host folders, as they are meant',
  allows,
  'rules: [no-host-path], match: {hostPaths: [/data]}',
  {'no-host-path': 1},
);
test(
  'a folder with the same beginning',
  allows,
  'rules: [no-host-path], match: {hostPaths: [/dat, /var/log/app]}',
  {},
);
test(
  'all external addresses',
  allows,
  'rules: [no-external-ips], match: {externalIPs: [203.0.113.0/29, 203.0.113.8]}',
  {'no-external-ips': 1},
);
test(
  'not all external addresses',
  allows,
  'rules: [no-external-ips], match: {externalIPs: [203.0.113.7]}',
  {},
);
test(
  'ranges of one rule do not allow another',
  allows,
  'rules: [no-host-port, no-privileged], match: {hostPorts: [81]}',
  {'no-host-port': 1},
);
test(
  'a namespace that a cluster-wide object claims',
  allows,
  'rules: [no-wildcard-rbac], match: {namespace: trusted}',
  {},
);

const sets = test.macro(async (t, rules: string, expected: Readonly<Record<string, string>>) => {
  const {choices} = await readLayer('a.yaml', `rules: ${rules}\n`);
  t.like(choices.rules, expected);
  t.deepEqual(notesOn(choices), []);
});
test('a pattern under `rules`', sets, "{'no-host-*': flag}", {
  'no-host-port': 'flag',
  'no-host-network': 'flag',
});
test('an id counts before a pattern', sets, "{no-host-port: fix, 'no-host-*': 'off'}", {
  'no-host-port': 'fix',
  'no-host-path': 'off',
});
test('a longer pattern counts before a shorter one', sets, "{'no-host-p*': fix, 'no-*': 'off'}", {
  'no-host-port': 'fix',
  'no-root': 'off',
});
test(
  'of two as long, the stricter mode counts',
  sets,
  "{'*-host-port': 'off', 'no-host-p*rt': flag, 'no-host-por*': fix}",
  {'no-host-port': 'fix'},
);
test('a pattern flags what cannot be rewritten', sets, "{'*': fix}", {
  'require-limits': 'flag',
  'no-root': 'fix',
});

const mistaken = test.macro(async (t, policy: string, message: RegExp) => {
  await t.throwsAsync(readLayer('a.yaml', policy), {message});
});
const entry = (match: string, rules = '[no-host-port]') =>
  `exceptions: [{rules: ${rules}, match: {${match}}, reason: a}]\n`;
test('a pattern of no rule', mistaken, "rules: {'hosts-*': flag}\n", /unknown rule "hosts-\*"/);
test(
  'a range that ends before it begins',
  mistaken,
  entry('hostPorts: ["9-8"]'),
  /must be a port, or a range such as "9100-9200"/,
);
test('a port that is none', mistaken, entry('hostPorts: [0]'), /hostPorts/);
test(
  'a folder that is not absolute',
  mistaken,
  entry('hostPaths: [data]', '[no-host-path]'),
  /must be the absolute path/,
);
test(
  'a folder with dots',
  mistaken,
  entry('hostPaths: [/data/../etc]', '[no-host-path]'),
  /must not contain `\.\.`/,
);
test(
  'an address that is none',
  mistaken,
  entry('externalIPs: [example.com]', '[no-external-ips]'),
  /must be an address/,
);
test(
  'a range for a rule without such values',
  mistaken,
  entry('hostPorts: [80]', '[no-root]'),
  /must narrow values of its rules: `hostPorts` belongs to no-host-port/,
);
test('labels that are none', mistaken, entry('labels: {a/b/c: d}'), /must be the key of a label/);

test('an image of any registry is noted', async t => {
  const {choices} = await readLayer('a.yaml', entry("image: 'registry.example.com*'", '[no-root]'));
  t.regex(notesOn(choices)[0] ?? '', /also matches images of other registries$/);
});

test('hostile patterns take no exponential time', async t => {
  const star = `${'*a'.repeat(2000)}b`;
  t.deepEqual(
    await allowed(
      `{rules: ['*'], match: {name: '${star}', image: '${star}', labels: {app: '${star}'}}, reason: a}`,
    ),
    {},
  );
});

test('labels and images are those of pods in the policy’s own workloads, too', async t => {
  const fleet = `apiVersion: example.com/v1
kind: Fleet
metadata: {name: web, labels: {app: other}}
spec:
  groups:
  - template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: a, image: registry.example.com/a:1, securityContext: {privileged: true}}]}
`;
  const workloads =
    'workloads: [{group: example.com, kind: Fleet, path: "spec.groups[*].template"}]';
  const statusWith = async (match: string) => {
    const text = `${workloads}\nexceptions: [{rules: [no-privileged], match: ${match}, reason: a}]\n`;
    const {choices} = await readLayer('a.yaml', text);
    const {findings} = audit(fleet, 'in', resolvePolicy(choices));
    return findings.find(({rule}) => rule === 'no-privileged')?.status;
  };
  t.is(await statusWith('{labels: {app: web}}'), 'excepted');
  t.is(await statusWith('{labels: {app: other}}'), 'flagged');
  t.is(await statusWith('{image: "registry.example.com/*"}'), 'excepted');
  t.is(await statusWith('{image: "other.example.com/*"}'), 'flagged');
});
