import test from 'ava';
import fc from 'fast-check';
import {parse, stringify} from 'yaml';
import {withEntries} from '../../src/config/add-entries.ts';
import type {Allowances} from '../../src/policy/policy.ts';

const exception = {
  rules: ['no-host-network'],
  match: {kind: 'DaemonSet', name: 'agent'},
  reason: 'an "agent"',
};
const exposure = {match: {kind: 'Service', name: 'web'}, reason: 'the shop'};
const both: Allowances = {exceptions: [exception], exposed: [exposure], connections: []};
const one: Allowances = {exceptions: [exception], exposed: [], connections: []};
const declared: Allowances = {
  exceptions: [],
  exposed: [],
  connections: [
    {
      from: {workload: {name: '*'}},
      to: {workload: {kind: 'Deployment', name: 'db'}},
      ports: [
        {protocol: 'TCP', port: 5432},
        {protocol: 'UDP', port: 53},
      ],
      reason: 'a',
    },
  ],
};
const hint = '# expires: "2030-01-01"';

const item = (indent: string) =>
  [
    `${indent}- rules: [no-host-network]`,
    `${indent}  match: {kind: "DaemonSet", name: "agent"}`,
    `${indent}  reason: "an \\"agent\\""`,
    `${indent}  ${hint}`,
    '',
  ].join('\n');
const exposed = `exposed:
  - match: {kind: "Service", name: "web"}
    reason: "the shop"
    ${hint}
`;
const flow = JSON.stringify([exception]);

const becomes = test.macro(
  (t, before: string, after: string | undefined, allowances: Allowances = one) => {
    t.is(withEntries(before, allowances, hint), after);
  },
);

const connection = (indent: string) =>
  [
    `${indent}- from: {workload: {name: "*"}}`,
    `${indent}  to: {workload: {kind: "Deployment", name: "db"}}`,
    `${indent}  reason: "a"`,
    `${indent}  ports: [5432, {port: 53, protocol: "UDP"}]`,
    '',
  ].join('\n');
const connections = `  connections:\n${connection('    ')}`;
test('connections in an empty file', becomes, '', `networkPolicy:\n${connections}`, declared);
test(
  'connections in a file without any',
  becomes,
  'profile: strict\nnetworkPolicy:\n  ingress: least # only\nblockOn: high\n',
  `profile: strict\nnetworkPolicy:\n  ingress: least # only\n${connections}blockOn: high\n`,
  declared,
);
test(
  'connections below others',
  becomes,
  `networkPolicy:\n${connections}`,
  `networkPolicy:\n${connections}${connection('    ')}`,
  declared,
);
test(
  'connections under an empty key',
  becomes,
  'networkPolicy:\nblockOn: high\n',
  `networkPolicy:\n${connections}blockOn: high\n`,
  declared,
);
const inFlow =
  '[{"from":{"workload":{"name":"*"}},"to":{"workload":{"kind":"Deployment","name":"db"}},"reason":"a","ports":[5432,{"port":53,"protocol":"UDP"}]}]';
test(
  'connections in flow style',
  becomes,
  '{networkPolicy: {ingress: least}}',
  `{networkPolicy: {ingress: least, "connections": ${inFlow}}}`,
  declared,
);
test(
  'connections in flow style without the key',
  becomes,
  '{blockOn: high}',
  `{blockOn: high, "networkPolicy": {"connections": ${inFlow}}}`,
  declared,
);

test('an empty file', becomes, '', `exceptions:\n${item('  ')}${exposed}`, both);
test(
  'a file of comments',
  becomes,
  '# ours',
  `# ours
exceptions:
${item('  ')}`,
);
test(
  'a file without the keys',
  becomes,
  `profile:   [essential]  # one
# the end

# apart
`,
  `profile:   [essential]  # one
# the end
exceptions:
${item('  ')}${exposed}
# apart
`,
  both,
);
test(
  'a last line without an end',
  becomes,
  'profile: audit',
  `profile: audit
exceptions:
${item('  ')}`,
);
test(
  'the end of a list, its comments and what follows',
  becomes,
  `exceptions:
- rules: [no-root]   # why
  match: {}
  reason: a
  # expires: "2031-01-01"
# of the next key
blockOn: high
`,
  `exceptions:
- rules: [no-root]   # why
  match: {}
  reason: a
  # expires: "2031-01-01"
${item('')}# of the next key
blockOn: high
`,
);
test(
  'a list that ends in a block of text',
  becomes,
  `exceptions:
    - rules: [no-root]
      match: {}
      reason: |
        a
        b

blockOn: high
`,
  `exceptions:
    - rules: [no-root]
      match: {}
      reason: |
        a
        b
${item('    ')}
blockOn: high
`,
);
test(
  'a key without a value',
  becomes,
  'exceptions:  # none yet\nblockOn: high\n',
  `exceptions:  # none yet\n${item('  ')}blockOn: high\n`,
);
test('an explicit null', becomes, 'exceptions: ~ # none\n', `exceptions:  # none\n${item('  ')}`);
test('a list in brackets', becomes, 'exceptions: []  # none\n', `exceptions: ${flow}  # none\n`);
test(
  'a list in brackets with items',
  becomes,
  `exceptions: [
  {rules: [no-root], match: {}, reason: a},  # why
]
`,
  `exceptions: [
  {rules: [no-root], match: {}, reason: a}, ${flow.slice(1, -1)},  # why
]
`,
);
test(
  'JSON',
  becomes,
  `{
  "profile": "audit"
}
`,
  `{
  "profile": "audit", "exceptions": ${flow}
}
`,
);
test(
  'empty JSON',
  becomes,
  '{}',
  `{"exceptions": ${flow}, "exposed": [${JSON.stringify(exposure)}]}`,
  both,
);
test(
  'the spec of a functionConfig',
  becomes,
  `apiVersion: kube-harden.io/v1alpha1
kind: Harden
spec:
  profile: audit
  # more
metadata: {name: a}
`,
  `apiVersion: kube-harden.io/v1alpha1
kind: Harden
spec:
  profile: audit
  # more
  exceptions:
${item('    ')}metadata: {name: a}
`,
);
test(
  'Windows’ line ends',
  becomes,
  'profile: audit\r\n',
  `profile: audit\r\nexceptions:\n${item('  ')}`.replaceAll(/\r?\n/g, '\r\n'),
);
test('a list that is an alias is left alone', becomes, 'a: &a []\nexceptions: *a\n', undefined);
test('what is no policy is left alone', becomes, '- a\n', undefined);
test('what cannot be read is left alone', becomes, 'a: [', undefined);
test(
  'a functionConfig without a spec is left alone',
  becomes,
  'apiVersion: a\nkind: b\n',
  undefined,
);

const value = fc.constantFrom('audit', 'a: b', '', 'x\ny\n', '# no', '- a');
const policy = fc.record(
  {
    profile: value,
    exceptions: fc.array(
      fc.record({reason: value, match: fc.dictionary(fc.constant('name'), value)}),
    ),
    exposed: fc.array(fc.record({reason: value})),
  },
  {requiredKeys: []},
);
test('whatever a policy holds, all of it stays, and the entries are added', t => {
  fc.assert(
    fc.property(policy, fc.constantFrom(2, 4), fc.boolean(), (before, indent, isCompact) => {
      const text = isCompact
        ? JSON.stringify(before)
        : stringify(before, {indent, indentSeq: indent > 2});
      const after = parse(withEntries(text, both, hint) ?? '') as typeof before;
      t.deepEqual(after, {
        ...before,
        exceptions: [...(before.exceptions ?? []), exception],
        exposed: [...(before.exposed ?? []), exposure],
      } as unknown as typeof before);
    }),
  );
});
