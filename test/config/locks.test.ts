import test from 'ava';
import type {PolicyLayer} from '../../src/config/layers.ts';
import {readLayer} from '../../src/config/load.ts';
import {entryLocks} from '../../src/config/lock.ts';
import {requireLocked, requireLockedAudit} from '../../src/config/locks.ts';
import type {PolicyChoices} from '../../src/config/resolve.ts';

/** A layer of options. */
const options = (choices: PolicyChoices, option: string): PolicyLayer => ({
  choices,
  originOf: () => ({option}),
});

/** What is wrong with a team's policy, as `place: message`. */
const breaches = (organisation: string, ...above: readonly (string | PolicyLayer)[]) =>
  breachesBy(
    layers => {
      requireLocked(layers);
      return [];
    },
    organisation,
    ...above,
  );

async function breachesBy(
  require: (layers: readonly PolicyLayer[]) => readonly string[],
  organisation: string,
  ...above: readonly (string | PolicyLayer)[]
) {
  const layers = [await readLayer('org.yaml', organisation)];
  for (const each of above) {
    layers.push(typeof each === 'string' ? await readLayer('team.yaml', each) : each);
  }
  try {
    return require(layers);
  } catch (error) {
    const {mistakes} = error as {
      readonly mistakes: readonly {readonly message: string; readonly place: {line?: number}}[];
    };
    return mistakes.map(({message, place: {line}}) => `${line ?? 'call'}: ${message}`);
  }
}

const loosens = test.macro(
  async (t, organisation: string, above: string | PolicyLayer, ...expected: RegExp[]) => {
    const found = await breaches(organisation, above);
    t.is(found.length, expected.length, found.join('\n'));
    for (const [index, form] of expected.entries()) t.regex(found[index] ?? '', form);
  },
);

const may = test.macro(async (t, organisation: string, above: string | PolicyLayer) => {
  t.deepEqual(await breaches(organisation, above), []);
});

const rulesLocked = 'profile: essential\nlocked: [rules.no-host-*]\n';

test(
  'a mode that is lowered',
  loosens,
  rulesLocked,
  'rules:\n  no-host-port: flag\n',
  /^2: this must not make no-host-port flag instead of fix: `rules\.no-host-\*` is locked in org\.yaml:2$/,
);
test(
  'a rule that is turned off',
  loosens,
  rulesLocked,
  'rules: {no-host-network: off}\n',
  /no-host-network off instead of fix/,
);
test(
  'a weaker profile',
  loosens,
  rulesLocked,
  'profile: audit\n',
  /^1: this must not make no-host-network flag instead of fix, no-host-port flag instead of fix: /,
);
test(
  'a profile without the rules',
  loosens,
  'profile: strict\nlocked: [profile]\n',
  'profile: baseline\n',
  /^1: this must not make no-shared-processes off instead of .* and \d+ more: `profile` is locked in org\.yaml:2$/,
);
test(
  'a profile of the call',
  loosens,
  rulesLocked,
  options({profiles: ['audit']}, '--profile'),
  /^call: --profile must not make no-host-network flag instead of fix, .*locked in org\.yaml:2$/,
);
test(
  'a rule that waits now',
  loosens,
  'profile: baseline\nlocked: [rules.no-host-network]\n',
  'undecided: wait\n',
  /^1: this must not make no-host-network waiting: /,
);
test(
  'a profile that waits',
  loosens,
  'profile: baseline\nlocked: [rules.no-host-network]\n',
  'profile: essential\n',
  /^1: this must not make no-host-network waiting: /,
);
test(
  'waiting, of the call',
  loosens,
  'undecided: fix\nlocked: [rules]\n',
  options({undecided: 'wait'}, '--undecided'),
  /^call: --undecided must not make .*waiting/,
);
test(
  'an older version of the standards',
  loosens,
  'profile: restricted\nlocked: [rules.require-seccomp]\n',
  options({podSecurityMinor: 18}, '--pod-security-version'),
  /^call: --pod-security-version must not make require-seccomp off instead of fix: /,
);
test(
  'another version of the standards',
  loosens,
  'podSecurityVersion: v1.30\nlocked: [podSecurityVersion]\n',
  'podSecurityVersion: latest\n',
  /^1: this must not change the version: /,
);
test(
  'an organisation’s own rule',
  loosens,
  'rules: {pin-images: flag}\nlocked: [rules.pin-images]\n',
  'rules: {pin-images: off}\n',
  /^1: this must not make pin-images off instead of flag: /,
);

const exceptionsLocked = 'locked: [exceptions.no-load-balancer, exceptions.no-privileged]\n';
test(
  'an exception for a rule',
  loosens,
  exceptionsLocked,
  'exceptions:\n- {rules: [no-root, no-privileged], match: {}, reason: a}\n',
  /^2: this must not allow no-privileged: `exceptions\.no-privileged` is locked in org\.yaml:1$/,
);
test(
  'an exposure, which allows a rule',
  loosens,
  exceptionsLocked,
  'exposed: [{match: {}, reason: a}]\n',
  /^1: this must not allow no-load-balancer: `exceptions\.no-load-balancer` is locked/,
);
test(
  'an exception for another rule',
  may,
  exceptionsLocked,
  'exceptions: [{rules: [no-root], match: {}, reason: a}]\n',
);
test(
  'exceptions of the organisation itself',
  may,
  'locked: [exceptions]\nexceptions: [{rules: [no-root], match: {}, reason: a}]\n',
  'profile: strict\n',
);
test(
  'any exposure',
  loosens,
  'locked: [exposed]\n',
  'exposed: [{match: {name: a}, reason: a}, {match: {name: b}, reason: b}]\n',
  /^1: this must not allow .*`exposed` is locked/,
  /^1: this must not allow/,
);

test(
  'an audit that fails later',
  loosens,
  'failOn: medium\nlocked: [failOn]\n',
  options({failOn: 'critical'}, '--fail-on'),
  /^call: --fail-on must not be "critical" instead of "medium": `failOn` is locked in org\.yaml:2$/,
);
test(
  'an audit that never fails',
  loosens,
  'locked: [failOn]\n',
  'failOn: none\n',
  /^1: this must not be "none" instead of "high"/,
);
test(
  'a render that refuses later',
  loosens,
  'blockOn: high\nlocked: [blockOn]\n',
  'blockOn: none\n',
  /^1: .*"none" instead of "high"/,
);
test(
  'undecided findings that no longer refuse',
  loosens,
  'undecided: refuse\nlocked: [undecided]\n',
  'undecided: wait\n',
  /^1: this must not loosen `undecided`/,
);
test(
  'undecided findings that are rewritten',
  may,
  'undecided: refuse\nlocked: [undecided]\n',
  'undecided: fix\n',
);
test(
  'no annotation',
  loosens,
  'locked: [annotate]\n',
  options({annotate: false}, '--no-annotate'),
  /^call: --no-annotate must not be `annotate: false`/,
);

const network =
  'networkPolicy: {ingress: least, egress: least, namespaceDeny: true}\nlocked: [networkPolicy]\n';
test(
  'a lower level',
  loosens,
  network,
  'networkPolicy:\n  ingress: release\n  egress: open\n',
  /^2: this must not be "release" instead of "least": `networkPolicy` is locked/,
  /^3: .*"open" instead of "least"/,
);
test(
  'no isolation of the namespace',
  loosens,
  network,
  'networkPolicy: {namespaceDeny: false}\n',
  /must not be false/,
);
test(
  'more peers',
  loosens,
  network,
  'networkPolicy: {apiServer: [{cidrs: [0.0.0.0/0]}]}\n',
  /must not admit more/,
);
test(
  'more connections',
  loosens,
  network,
  'networkPolicy:\n  connections:\n  - {from: {workload: {}}, to: {cidrs: [0.0.0.0/0]}, reason: a}\n',
  /^3: this must not admit more/,
);
test(
  'fewer peers and a higher level',
  may,
  network,
  'networkPolicy: {ingress: deny, apiServer: [], nodes: []}\n',
);
test(
  'another key of networkPolicy',
  may,
  'locked: [networkPolicy.ingress]\n',
  'networkPolicy: {egress: open, dns: [{cidrs: [10.0.0.1/32]}]}\n',
);

test(
  'stricter is never a breach',
  may,
  'profile: essential\nblockOn: high\nlocked: [profile, exceptions, exposed, undecided, blockOn, failOn, annotate, networkPolicy]\n',
  'profile: [essential, restricted]\nrules: {no-host-port: fix, pin-images: flag}\nblockOn: low\nfailOn: low\nundecided: refuse\nnetworkPolicy: {ingress: least}\n',
);

test('a lock of a team holds for options, and those of all layers count', async t => {
  const found = await breaches(
    rulesLocked,
    'locked: [failOn]\n',
    options({failOn: 'none', rules: {'no-host-port': 'off'}}, '--option'),
  );
  t.is(found.length, 2, found.join('\n'));
});

test('`locked` adds to the locks below it', async t => {
  const found = await breaches(rulesLocked, 'locked: []\nrules: {no-host-port: off}\n');
  t.is(found.length, 1);
});

for (const lock of ['networkPolicy', 'networkPolicy.ingress']) {
  test(
    `an exposure, which opens pods to everyone, with a lock of ${lock}`,
    loosens,
    `locked: [${lock}]\n`,
    'exposed: [{match: {kind: Service, name: web}, reason: a}]\n',
    /^1: this must not allow .*: `networkPolicy.*` is locked in org\.yaml:1$/,
  );
}
test(
  'an exposure, which opens nothing from the inside',
  may,
  'locked: [networkPolicy.egress]\n',
  'exposed: [{match: {kind: Service, name: web}, reason: a}]\n',
);
test(
  'no network policy at all',
  loosens,
  'locked: [networkPolicy]\n',
  `rules: {require-network-policy: off}
exceptions: [{rules: [require-*], match: {}, reason: a}]
trustAnnotations: [{match: {namespace: a}, rules: ["*"]}]
`,
  /^1: this must not make require-network-policy off instead of fix: `networkPolicy` is locked/,
  /^2: this must not allow require-network-policy: `networkPolicy` is locked/,
  /^3: this must not let annotations allow require-network-policy: `networkPolicy` is locked/,
);

test('the entries that locks forbid', async t => {
  const layer = await readLayer(
    'org.yaml',
    'locked:\n- exceptions.no-privilege-*\n- networkPolicy\n- exposed\n',
  );
  const {exceptions, exposed} = entryLocks([layer]);
  t.deepEqual(
    [...exceptions],
    [
      ['no-privilege-escalation', '`exceptions.no-privilege-*` is locked in org.yaml:2'],
      ['require-network-policy', '`networkPolicy` is locked in org.yaml:3'],
    ],
  );
  t.is(exposed, '`networkPolicy` is locked in org.yaml:3');
  t.is(
    entryLocks([await readLayer('org.yaml', 'locked: [exceptions.no-root]\n')]).exposed,
    undefined,
  );
});

const inAudit = test.macro(
  async (t, organisation: string, above: PolicyLayer, ...expected: RegExp[]) => {
    const found = await breachesBy(requireLockedAudit, organisation, above);
    t.is(found.length, expected.length, found.join('\n'));
    for (const [index, form] of expected.entries()) t.regex(found[index] ?? '', form);
  },
);
const locked =
  'profile: [essential, baseline]\nundecided: refuse\nlocked: [profile, undecided, podSecurityVersion]\n';
const gate = locked.replace('podSecurityVersion]', 'podSecurityVersion, failOn]');

test(
  'an audit may flag what render fixes',
  inAudit,
  gate,
  options({profiles: ['audit']}, '--profile'),
);
test(
  'an audit may ask one rule',
  inAudit,
  locked,
  options({rules: {'no-host-port': 'off'}, minSeverity: 'critical', undecided: 'wait'}, '--rule'),
  /^--rule may make no-host-port off instead of fix, because an audit applies nothing: `profile` is locked in org\.yaml:3, but `failOn` is not$/,
);
test(
  'an audit may follow another version of the standards',
  inAudit,
  locked,
  options({podSecurityMinor: 20}, '--pod-security-version'),
  /^--pod-security-version may make .* of another version/,
  /^--pod-security-version may change the version, .*`podSecurityVersion` is locked/,
);
test(
  'an audit that must fail leaves out no rule',
  inAudit,
  gate,
  options({rules: {'no-host-port': 'off', 'no-privileged': 'flag'}}, '--skip-rule'),
  /^call: --skip-rule must not make no-host-port off instead of fix: `profile` is locked in org\.yaml:3$/,
);
test(
  'an audit that must fail fails no later',
  inAudit,
  gate,
  options({failOn: 'none'}, '--fail-on'),
  /^call: --fail-on must not be "none" instead of "high"/,
);
test('what a policy file loosens is refused in an audit, too', async t => {
  const found = await breachesBy(
    requireLockedAudit,
    locked,
    'rules: {no-host-port: flag}\n',
    options({}, ''),
  );
  t.is(found.length, 1);
  t.regex(found[0] ?? '', /^1: this must not make no-host-port flag instead of fix/);
});

test('connections that are locked are not proposed', async t => {
  for (const lock of ['networkPolicy', 'networkPolicy.connections']) {
    const layers = [await readLayer('org.yaml', `locked: [${lock}]\n`)];
    t.regex(entryLocks(layers).connections ?? '', /^`networkPolicy.*` is locked in org\.yaml:1$/);
  }
  const others = [await readLayer('org.yaml', 'locked: [networkPolicy.ingress, exposed]\n')];
  t.is(entryLocks(others).connections, undefined);
});

test('`unnamed: deny` cannot be loosened', async t => {
  const locked = 'locked: [networkPolicy.unnamed]\nnetworkPolicy: {unnamed: deny}\n';
  t.is((await breaches(locked, 'networkPolicy: {unnamed: release}\n')).length, 1);
  t.is((await breaches(locked, 'networkPolicy: {ingress: least}\n')).length, 0);
});

const mistaken = test.macro(async (t, lock: string, message: RegExp) => {
  await t.throwsAsync(readLayer('org.yaml', `locked:\n- ${lock}\n`), {message});
});
test(
  'a lock of no key',
  mistaken,
  'profil',
  /`locked\.0`: cannot be locked: "profil": did you mean "profile"\?/,
);
test('a lock of no rule', mistaken, 'rules.no-host-prt', /did you mean "rules\.no-host-port"\?/);
test('a lock of no rules', mistaken, 'rules.hosts-*', /cannot be locked: "rules\.hosts-\*"/);
test('a lock of a key that cannot loosen', mistaken, 'workloads', /cannot be locked/);
test('a lock that is no name', mistaken, '{a: b}', /must be a string/);

test(
  'one run without a rule',
  loosens,
  rulesLocked,
  options({rules: {'no-host-port': 'off'}}, '--skip-rule'),
  /^call: --skip-rule must not make no-host-port off instead of fix: /,
);
test(
  'one run without minor findings',
  loosens,
  rulesLocked,
  options({minSeverity: 'high'}, '--min-severity'),
  /^call: --min-severity must not make .* hide findings/,
);
test(
  'one run that hides what fails it',
  loosens,
  'locked: [failOn]\n',
  options({minSeverity: 'critical'}, '--min-severity'),
  /^call: --min-severity must not hide findings of severity "high": `failOn` is locked/,
);
test(
  'one run without what does not fail it',
  may,
  'locked: [failOn]\n',
  options({minSeverity: 'high'}, '--min-severity'),
);
test(
  'stale entries that no longer fail',
  loosens,
  'strict: true\nlocked: [strict]\n',
  'strict: false\n',
  /^1: this must not be `strict: false`/,
);
