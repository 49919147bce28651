import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {changesBetween} from '../../src/drift/compare.ts';
import {readLockFile, toLockFile} from '../../src/drift/lock-file.ts';
import {postureOf} from '../../src/drift/posture-of.ts';
import {harden} from '../../src/harden.ts';
import {readImageLock} from '../../src/images/lock/read.ts';
import {policyOf} from '../../src/library.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const lock = `apiVersion: kube-harden.io/v1alpha1
kind: ImageLock
images:
${[
  ['root', 'user: ""', 'uid: 0', 'ports: ["80/tcp"]'],
  ['number', 'user: "1001:0"', 'uid: 1001', 'ports: ["8080/tcp", "9000/udp"]'],
  ['named', 'user: app', 'uid: 999', 'writes: [/tmp, /var/run/app]', 'volumes: [/var/run, /data]'],
  ['grouped', 'user: "app:apps"', 'uid: 999', 'gid: 998'],
  ['ungrouped', 'user: "app:apps"', 'uid: 999'],
  ['unnumbered', 'user: app'],
  ['low', 'user: "1001"', 'uid: 1001', 'ports: ["53/udp"]'],
]
  .map(
    ([name, ...lines]) =>
      `  example.com/${name}:1:\n    digest: ${digest}\n    read: "2026-12-01"\n${lines.map(line => `    ${line}\n`).join('')}`,
  )
  .join('')}`;

const pod = (image: string, more = '', ofPod = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec:
${ofPod}  containers:
    - name: a
      image: example.com/${image}:1
${more}`;

/** What becomes of the container, and what waits. */
function hardened(text: string, profile: string, locked = lock) {
  const policy = resolvePolicy(
    {profiles: [profile], annotate: false},
    readImageLock(locked, 'lock'),
  );
  const result = harden(text, 'a', policy);
  const again = harden(result.text, 'a', policy);
  const waits = result.findings
    .filter(({disposition}) => disposition === 'waits')
    .map(({rule, doubt}) => `${rule}: ${doubt}`)
    .sort();
  return {text: result.text, again: again.text, waits};
}

interface Expected {
  readonly has?: readonly RegExp[];
  readonly hasNot?: readonly RegExp[];
  readonly waits?: readonly RegExp[];
}

const becomes = test.macro((t, manifest: string, profile: string, expected: Expected) => {
  const {text, again, waits} = hardened(manifest, profile);
  for (const pattern of expected.has ?? []) t.regex(text, pattern);
  for (const pattern of expected.hasNot ?? []) t.notRegex(text, pattern);
  t.is(waits.length, expected.waits?.length ?? 0, waits.join('\n'));
  for (const [index, pattern] of (expected.waits ?? []).entries())
    t.regex(waits[index] ?? '', pattern);
  t.is(again, text);
});

const nonRoot = /runAsNonRoot: true/;
const runAs = /runAs(?:User|Group)/;

test('an image that runs as a number starts', becomes, pod('number'), 'restricted', {
  has: [nonRoot, /drop:/],
  hasNot: [runAs],
});
test('a named user gets its number', becomes, pod('named'), 'restricted', {
  has: [nonRoot, /runAsUser: 999/],
  hasNot: [/runAsGroup/],
});
test('a named user gets the number of its group', becomes, pod('grouped'), 'restricted', {
  has: [nonRoot, /runAsUser: 999/, /runAsGroup: 998/],
});
test(
  'the group of the manifest counts',
  becomes,
  pod('grouped', '', '  securityContext: {runAsGroup: 5}\n'),
  'restricted',
  {has: [nonRoot, /runAsUser: 999/, /runAsGroup: 5/], hasNot: [/998/]},
);
test('a group without a number waits', becomes, pod('ungrouped'), 'restricted', {
  hasNot: [nonRoot, runAs],
  waits: [/^no-root: which number the group of the user "app:apps"/],
});
test('a name without a number waits', becomes, pod('unnumbered'), 'restricted', {
  hasNot: [nonRoot, runAs],
  waits: [
    /^no-root: which number the user "app" .* `kube-harden images --passwd TARGET` looks it up/,
  ],
});
test('root waits, with its capabilities', becomes, pod('root'), 'restricted', {
  hasNot: [nonRoot, runAs, /drop:/],
  has: [/allowPrivilegeEscalation: false/],
  waits: [/^drop-all-capabilities: .*runs as root/, /^no-root: .*runs as root, says the lock file/],
});
test('an image that nobody has read waits', becomes, pod('other'), 'restricted', {
  hasNot: [nonRoot],
  waits: [/^no-root: whether the image .*`kube-harden images TARGET` asks its registry/],
});
test(
  'the user of the manifest counts before that of the image',
  becomes,
  pod('root', '      securityContext: {runAsUser: 5}\n'),
  'restricted',
  {has: [nonRoot, /drop:/, /runAsUser: 5/]},
);
test(
  'a port below 1024 is no evidence against an image that runs as a number',
  becomes,
  pod('number', '      ports: [{containerPort: 80}]\n'),
  'restricted',
  {has: [nonRoot, /NET_BIND_SERVICE/]},
);
test(
  'a port below 1024 of the image keeps its capability, and escalation waits where the profile waits',
  becomes,
  pod('low'),
  'essential',
  {
    hasNot: [/allowPrivilegeEscalation/],
    waits: [/^no-privilege-escalation: whether container "a" may listen on 53\/udp/],
  },
);
test('under restricted it is closed anyway', becomes, pod('low'), 'restricted', {
  has: [/allowPrivilegeEscalation: false/, /NET_BIND_SERVICE/, nonRoot],
});
test(
  'the folders that an image writes to become volumes',
  becomes,
  pod(
    'named',
    '      volumeMounts: [{name: d, mountPath: /data/}]\n',
    '  volumes: [{name: d, emptyDir: {}}]\n',
  ),
  'strict',
  {
    has: [
      /readOnlyRootFilesystem: true/,
      /name: tmp-[0-9a-f]{8}, emptyDir: \{\}/,
      /name: tmp-[0-9a-f]{8}, mountPath: \/tmp/,
      /name: var-run-[0-9a-f]{8}, mountPath: \/var\/run\b/,
    ],
    hasNot: [/mountPath: \/data\b(?!\/)/, /mountPath: \/var\/run\/app/],
  },
);
test('an image of which nobody knows where it writes waits', becomes, pod('number'), 'strict', {
  hasNot: [/readOnlyRootFilesystem/, /emptyDir/],
  has: [nonRoot],
  waits: [
    /^read-only-root: which folders the image "example.com\/number:1@sha256:.*`writes`|^read-only-root: which folders the image "example.com\/number:1" writes to/,
  ],
});

test('an image is pinned by the digest of the lock file, once', t => {
  const {text, again} = hardened(pod('number'), 'strict');
  t.true(text.includes(`image: "example.com/number:1@${digest}"\n`), text);
  t.is(again, text);
});

test('images come from mirrors and allowed registries', t => {
  const policy = policyOf(
    {
      profile: 'strict',
      annotate: false,
      registries: {
        allowed: ['mirror.example.net'],
        mirrors: {'example.com': 'mirror.example.net/copy'},
      },
    },
    lock,
  );
  const image = /image: "?([^\s"]+)/;
  const moved = harden(pod('number'), 'a', policy);
  t.is(image.exec(moved.text)?.[1], `mirror.example.net/copy/number:1@${digest}`);
  t.is(harden(moved.text, 'a', policy).text, moved.text);
  t.regex(moved.text, /runAsNonRoot: true/);
  const other = harden(pod('number').replace('example.com', 'evil.example'), 'a', policy);
  t.is(image.exec(other.text)?.[1], 'evil.example/number:1');
  t.true(
    other.findings.some(
      ({status, message}) => status === 'flagged' && /none of the registries/.test(message),
    ),
  );
});

test('a mirror of a mirror, and what is no registry, are refused', t => {
  const registries = (value: object) => () => policyOf({registries: value});
  t.throws(registries({mirrors: {'a.io': 'b.io/x', 'b.io': 'c.io'}}), {message: /a mirror itself/});
  t.throws(registries({mirrors: {'a.io': 'a.io/x'}}), {message: /a mirror itself/});
  t.throws(registries({allowed: ['shop']}), {message: /must be a registry/});
  t.throws(registries({allowed: ['a.io/../x']}), {message: /must be a registry/});
  t.throws(() => policyOf({images: 'a.yaml'}), {message: /`images` is only possible in a file/});
});

test('ports of images count where pods declare none, and a note says so', t => {
  const policy = resolvePolicy({}, readImageLock(lock, 'lock'));
  const {text, notes} = harden(pod('number'), 'a', policy);
  t.regex(text, /ports:\n +- protocol: TCP\n +port: 8080\n +- protocol: UDP\n +port: 9000\n/);
  t.true(
    notes.some(({message}) =>
      /their images declare 8080,9000\/UDP|images declare 8080/.test(message),
    ),
  );
  t.is(harden(text, 'a', policy).text, text);
  const declared = harden(pod('number', '      ports: [{containerPort: 1234}]\n'), 'a', policy);
  t.notRegex(declared.text, /port: 8080/);
  const unlocked = harden(pod('number'), 'a', resolvePolicy({}));
  t.notRegex(unlocked.text, /port: 8080/);
  t.false(unlocked.notes.some(({message}) => /images declare/.test(message)));
});

test('a digest of the lock file that has changed under the same tag is a change for review', t => {
  const postureUnder = (text: string) =>
    postureOf(
      readStream(pod('number'), 'a', () => true),
      resolvePolicy({}, readImageLock(text, 'lock')),
    );
  const other = lock.replaceAll(digest, `sha256:${'f'.repeat(64)}`);
  const before = readLockFile(toLockFile(postureUnder(lock)), 'a.lock');
  t.deepEqual(changesBetween(before, postureUnder(lock)), []);
  const [change, ...more] = changesBetween(before, postureUnder(other));
  t.deepEqual(more, []);
  t.is(change?.severity, 'high');
  t.regex(
    change?.text ?? '',
    /^another digest of the same tag: a example\.com\/number:1=sha256:f+ \(was /,
  );
  const without = postureOf(
    readStream(pod('number'), 'a', () => true),
    resolvePolicy(),
  );
  t.deepEqual(changesBetween(before, without), []);
});
