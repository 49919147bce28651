import test from 'ava';
import {profiles} from '../../src/config/profiles.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {checks} from '../../src/guard/checks/index.ts';
import {guard} from '../../src/guard/guard.ts';
import {asList, asMap, type JsonMap, valueAt} from '../../src/json.ts';
import type {Exception} from '../../src/policy/policy.ts';
import {findRule} from '../../src/rules/index.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {defaults, guardObjects} from './guards.ts';
import {checkPolicies} from './oracle.ts';

const everyRule = [...new Set(checks.map(({rule}) => rule))];

/** Exceptions of every form, with names that must not end a CEL string or a regular expression. */
const exceptions: readonly Exception[] = [
  {match: {}, reason: 'all'},
  {match: {kind: 'DaemonSet', name: 'node-exporter-*'}, reason: 'a prefix'},
  {match: {kind: '*Set', namespace: 'mon*ing', name: '*-agent'}, reason: 'patterns'},
  {match: {name: "it's \\ ' || true || \"", container: '(.*|$[a]+?'}, reason: 'hostile'},
  {match: {kind: 'CronJob', name: 'back.up', container: 'side*'}, reason: 'a container'},
].map(exception => ({...exception, rules: everyRule}));

test('every check is a rule’s, and has a name that no other has', t => {
  for (const {rule} of checks) t.truthy(findRule(rule), rule);
  t.is(new Set(checks.map(({name}) => name)).size, checks.length);
});

for (const profile of Object.keys(profiles)) {
  testWithTools('admission-policy-oracle')(
    `${profile}: the API server compiles each expression, and warns of none`,
    async t => {
      const executable = toolPath('admission-policy-oracle');
      const exposed = [{match: {kind: 'Service', name: 'edge'}, reason: 'the entrance'}];
      const objects = guardObjects(
        {profiles: [profile], exceptions, exposed},
        {connections: ['port-forward', 'exec', 'attach', 'proxy'], excludedGroups: ["it's"]},
      );
      const checked = await checkPolicies(executable, objects);
      t.deepEqual(
        checked.flatMap(({faults, warnings}) => [...faults, ...warnings]),
        [],
      );
      const pods = ['Pod', 'DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController'];
      const kinds = new Set(checked.flatMap(({types}) => types));
      for (const kind of [...pods, 'StatefulSet', 'CronJob', 'PodTemplate'])
        t.true(kinds.has(kind));
    },
  );
}

testWithTools('admission-policy-oracle')('a misspelt field and a wrong type are seen', async t => {
  const executable = toolPath('admission-policy-oracle');
  const [policy] = guardObjects({}, {parts: ['manifests']}) as [JsonMap];
  const broken = (expression: string) => ({
    ...policy,
    spec: {...asMap(policy['spec']), variables: [], validations: [{expression}]},
  });
  const [misspelt] = await checkPolicies(executable, [broken('object.spec.hostNetwrok')]);
  t.regex(misspelt?.warnings.join() ?? '', /undefined field 'hostNetwrok'/);
  const [unread] = await checkPolicies(executable, [broken('object.spec.nope(')]);
  t.regex(unread?.faults.join() ?? '', /Syntax error/);
});

const named = (objects: readonly JsonMap[], kind: string) =>
  objects
    .filter(object => object['kind'] === kind)
    .map(object => String(valueAt(object, ['metadata', 'name'])));

test('each policy has its binding, and all names are stable and valid', t => {
  const objects = guardObjects({profiles: ['strict']}, {connections: ['exec', 'port-forward']});
  const policies = named(objects, 'ValidatingAdmissionPolicy');
  t.deepEqual(policies, named(objects, 'ValidatingAdmissionPolicyBinding'));
  t.deepEqual(policies, [
    'kube-harden-port-forward',
    'kube-harden-exec',
    'kube-harden-pods',
    'kube-harden-pods-flagged',
    'kube-harden-ephemeral-containers',
    'kube-harden-ephemeral-containers-flagged',
    'kube-harden-workloads',
    'kube-harden-workloads-flagged',
    'kube-harden-cron-jobs',
    'kube-harden-cron-jobs-flagged',
    'kube-harden-pod-templates',
    'kube-harden-pod-templates-flagged',
    'kube-harden-persistent-volumes-flagged',
    'kube-harden-services',
    'kube-harden-services-flagged',
    'kube-harden-roles',
    'kube-harden-roles-flagged',
    'kube-harden-bindings-flagged',
    'kube-harden-ingresses',
    'kube-harden-ingresses-flagged',
  ]);
  t.deepEqual(
    objects,
    guardObjects({profiles: ['strict']}, {connections: ['port-forward', 'exec']}),
  );
});

const actionsOf = (objects: readonly JsonMap[]) =>
  Object.fromEntries(
    objects
      .filter(({kind}) => kind === 'ValidatingAdmissionPolicyBinding')
      .map(object => [
        valueAt(object, ['metadata', 'name']),
        asList(valueAt(object, ['spec', 'validationActions'])).join(),
      ]),
  );

test('what render would only flag has an action of its own', t => {
  const essential = actionsOf(guardObjects({}, {action: 'Deny', flagAction: 'Audit'}));
  t.is(essential['kube-harden-pods'], 'Deny,Audit');
  t.is(essential['kube-harden-pods-flagged'], 'Audit');
  t.is(essential['kube-harden-services'], 'Deny,Audit');
  t.is(essential['kube-harden-services-flagged'], 'Audit');
  const audit = actionsOf(
    guardObjects({profiles: ['audit']}, {action: 'Deny', flagAction: 'Warn'}),
  );
  t.is(audit['kube-harden-pods'], undefined);
  t.is(audit['kube-harden-pods-flagged'], 'Warn,Audit');
  const none = actionsOf(guardObjects({}, {flagAction: 'none'}));
  t.is(none['kube-harden-pods-flagged'], undefined);
});

test('what no admission policy can hold is said', t => {
  const policy = resolvePolicy({
    rules: {'require-network-policy': 'fix'},
    exceptions: [
      {rules: ['no-host-port'], match: {kind: 'Rollout'}, reason: 'custom'},
      {rules: ['require-network-policy'], match: {kind: 'Pod'}, reason: 'no check'},
      {rules: ['no-host-port'], match: {kind: 'Service'}, reason: 'no pod'},
      {rules: ['no-host-port'], match: {name: 'é'}, reason: 'no name'},
      {rules: ['no-host-port'], match: {}, reason: 'old', expires: '2025-12-31'},
      {rules: ['no-host-port'], match: {}, reason: 'soon', expires: '2026-01-01'},
      {rules: ['no-host-port'], match: {}, reason: 'held'},
    ],
  });
  t.deepEqual(
    guard(policy, defaults, '2026-01-01').notes.filter(note => note.startsWith('the ')),
    [
      'the exception of no-host-port, match {kind: "Rollout"} ("custom") is left out: no admission policy enforces what it allows',
      'the exception of require-network-policy, match {kind: "Pod"} ("no check") is left out: no admission policy enforces what it allows',
      'the exception of no-host-port, match {kind: "Service"} ("no pod") is left out: no admission policy enforces what it allows',
      'the exception of no-host-port, match {name: "é"} ("no name") is left out: it can match no valid object name',
      'the exception of no-host-port, match {} ("old") has expired: it is left out',
      'the exception of no-host-port, match {} ("soon") expires on 2026-01-01: print the policies again after that day',
    ],
  );
  const essential = guard(resolvePolicy(), defaults, '2026-01-01').notes;
  t.deepEqual(
    essential.flatMap(
      note => /^(\S+) is only flagged: one object cannot show/.exec(note)?.[1] ?? [],
    ),
    ['no-host-port'],
  );
  t.false(
    guard(resolvePolicy({undecided: 'fix'}), defaults, '2026-01-01')
      .notes.join()
      .includes('flagged'),
  );
  const [unasked] = guard(policy, defaults, '2026-01-01').notes;
  t.regex(unasked ?? '', /^no admission policy enforces .*require-network-policy/);
});
