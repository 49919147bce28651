import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';

/** The outcome of each finding, by rule and container. */
function outcomes(text: string, choices: PolicyChoices = {}): Readonly<Record<string, string>> {
  const {findings} = harden(text, 'in', resolvePolicy({annotate: false, ...choices}));
  return Object.fromEntries(
    findings
      .filter(({rule}) => rule !== 'require-network-policy')
      .map(({rule, container, waits, status}) => [
        container === undefined ? rule : `${rule} ${container}`,
        waits === true ? 'waits' : status,
      ]),
  );
}

const pod = (fields: string) =>
  `apiVersion: v1
kind: Pod
metadata: {name: agent}
spec:
${fields.trimEnd().replaceAll(/^/gm, '  ')}
`;

const becomes = test.macro(
  (t, fields: string, expected: Readonly<Record<string, string>>, choices: PolicyChoices = {}) => {
    t.like(outcomes(pod(fields), choices), expected);
  },
);

/** The probe shows that the pod needs the host network. */
const probed = 'livenessProbe: {httpGet: {host: 127.0.0.1, port: 7472}}';
const speaker = `hostNetwork: true
containers:
- name: speaker
  image: a
  ${probed}
  securityContext: {capabilities: {add: [SYS_ADMIN]}}
- name: reloader
  image: a
  ports: [{containerPort: 80, hostPort: 8080}]
  securityContext: {privileged: true}
`;

test('one witness speaks for all that is taken from its pod', becomes, speaker, {
  'no-host-network': 'waits',
  'no-sys-admin speaker': 'waits',
  'no-privileged reloader': 'waits',
});
test('without it, all of that goes', becomes, speaker.replace(probed, 'tty: true'), {
  'no-host-network': 'fixed',
  'no-sys-admin speaker': 'fixed',
  'no-privileged reloader': 'fixed',
  'no-host-port reloader': 'fixed',
});
test(
  'what is filled in breaks nothing, and goes on',
  becomes,
  `hostNetwork: true
containers:
- {name: a, image: a, ${probed}}
`,
  {'no-host-network': 'waits', 'no-privilege-escalation a': 'fixed'},
);
test(
  'an explicit value is taken, not filled in',
  becomes,
  `hostNetwork: true
containers:
- {name: a, image: a, ${probed}, securityContext: {allowPrivilegeEscalation: true}}
`,
  {'no-privilege-escalation a': 'waits'},
);
for (const [decision, choices] of [
  ['flagged', {rules: {'no-host-network': 'flag'}}],
  [
    'excepted',
    {exceptions: [{rules: ['no-host-network'], match: {name: 'agent'}, reason: 'a speaker'}]},
  ],
] as const) {
  test(
    `a setting that the policy keeps is half of what the pod needs: ${decision}`,
    becomes,
    speaker,
    {
      'no-host-network': decision,
      'no-sys-admin speaker': 'waits',
      'no-privileged reloader': 'waits',
    },
    choices,
  );
}

const setUp = (more: string) => `initContainers:
- name: sysctl
  image: a
  command: [sysctl, -w, vm.max_map_count=262144]
  securityContext: {privileged: true}
- name: other
  image: a
  ${more}
  securityContext: {privileged: true}
containers:
- name: app
  image: a
  ports: [{containerPort: 80, hostPort: 8080}]
`;
test(
  'an init container has ended before the others start: it is judged by itself',
  becomes,
  setUp('tty: true'),
  {
    'no-privileged sysctl': 'waits',
    'no-privileged other': 'fixed',
    'no-host-port app': 'waits',
  },
);
test('one that runs beside the others is not', becomes, setUp('restartPolicy: Always'), {
  'no-privileged other': 'waits',
});
test(
  'what speaks for the pod speaks for its init containers',
  becomes,
  `hostNetwork: true
initContainers:
- {name: i, image: a, securityContext: {privileged: true}}
containers:
- {name: a, image: a, ${probed}}
`,
  {'no-host-network': 'waits', 'no-privileged i': 'waits'},
);
test('the pods of one object are judged apart', t => {
  const template = (name: string, probe: string) =>
    `    - name: ${name}
      replicas: 1
      template:
        spec: {template: {metadata: {labels: {app: ${name}}}, spec: {hostNetwork: true, containers: [{name: ${name}, image: a, ${probe}}]}}}
`;
  const set = `apiVersion: jobset.x-k8s.io/v1alpha2
kind: JobSet
metadata: {name: s}
spec:
  replicatedJobs:
${template('one', probed)}${template('two', 'tty: true')}`;
  const {findings} = harden(set, 'in', resolvePolicy());
  const network = findings.filter(({rule}) => rule === 'no-host-network');
  t.deepEqual(
    network.map(({waits}) => waits),
    [true, undefined],
  );
});

const image = (context: string) =>
  `containers:\n- {name: a, image: "db:1", securityContext: ${context}}\n`;
for (const profiles of [['restricted'], ['strict'], ['essential', 'restricted']]) {
  const title = `${profiles.join(', ')}: `;
  test(
    `${title}an image whose user nobody knows`,
    becomes,
    image('{}'),
    {'no-root a': 'waits'},
    {
      profiles,
    },
  );
  test(
    `${title}a user with a number`,
    becomes,
    image('{runAsUser: 1000}'),
    {'no-root a': 'fixed'},
    {profiles},
  );
  test(
    `${title}a user 0 is asked for`,
    becomes,
    image('{runAsUser: 0}'),
    {'no-root a': 'waits', 'no-root-user a': 'waits'},
    {profiles},
  );
}
test(
  'a profile that does not wait takes what does not keep a container from starting',
  becomes,
  speaker,
  {'no-host-network': 'fixed', 'no-privileged reloader': 'fixed', 'no-root speaker': 'waits'},
  {profiles: ['restricted']},
);
for (const undecided of ['wait', 'refuse'] as const) {
  test(
    `undecided: ${undecided} holds for every profile`,
    becomes,
    speaker,
    {
      'no-host-network': 'waits',
      'no-extra-capabilities speaker': 'waits',
      'no-root speaker': 'waits',
    },
    {profiles: ['restricted'], undecided},
  );
}
test(
  'undecided: fix makes all of them',
  becomes,
  speaker,
  {'no-host-network': 'fixed', 'no-root speaker': 'fixed'},
  {profiles: ['restricted'], undecided: 'fix'},
);
test(
  'a rule that the policy itself sets to fix is decided, beside `undecided: wait` as well',
  becomes,
  speaker,
  {'no-host-network': 'waits', 'no-sys-admin speaker': 'fixed'},
  {rules: {'no-sys-admin': 'fix'}, undecided: 'wait'},
);
