import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {UsageError} from '../../src/errors.ts';
import {harden} from '../../src/harden.ts';
import {hookOf} from '../../src/kubernetes/hook.ts';
import {readResourceList, readStream} from '../../src/stream/manifest-stream.ts';

const spec = 'spec: {hostPID: true, containers: [{name: c, image: x}]}';
const pod = `{apiVersion: v1, kind: Pod, metadata: {name: p}, ${spec}}`;
const untyped = `{metadata: {name: p}, ${spec}}`;
const list = (kind: string, items: string, apiVersion = 'v1') =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, items: ${items}}`;

/** The objects that are checked, as `group/version Kind`. */
const judged = test.macro((t, text: string, objects: readonly string[]) => {
  const {resources} = readStream(text, 'in.yaml');
  t.deepEqual(
    resources.map(({group, version, kind}) => `${group}/${version} ${kind}`),
    objects,
  );
});

test('a list', judged, list('List', `[${pod}, ${pod}]`), ['/v1 Pod', '/v1 Pod']);
test('a list of lists', judged, list('List', `[${list('List', `[${pod}]`)}]`), ['/v1 Pod']);
test('a typed list', judged, list('PodList', `[${pod}]`), ['/v1 Pod']);
test('items of a typed list that say nothing', judged, list('PodList', `[${untyped}]`), [
  '/v1 Pod',
]);
test(
  'a typed list of another group',
  judged,
  list('DeploymentList', '[{metadata: {name: a}}]', 'apps/v1'),
  ['apps/v1 Deployment'],
);
test('a typed list within a list', judged, list('List', `[${list('PodList', `[${untyped}]`)}]`), [
  '/v1 Pod',
]);
test('a typed list whose items are of other kinds', judged, list('SecretList', `[${pod}]`), [
  '/v1 Pod',
]);
test('a list in a group of its own', judged, list('List', `[${pod}]`, 'example.com/v1'), [
  '/v1 Pod',
]);
test('an empty list', judged, list('List', '[]'), []);
test('a list of null', judged, list('List', 'null'), ['/v1 List']);
test('what calls itself no list is one, and an object', judged, list('Fleet', `[${pod}]`), [
  '/v1 Fleet',
  '/v1 Pod',
]);
test(
  'a kind that says nothing',
  judged,
  list('PodList', `[{kind: "", apiVersion: null, ${spec}}]`),
  ['/v1 Pod'],
);
test(
  'a list in a ResourceList',
  judged,
  list('ResourceList', `[${list('List', `[${pod}]`)}]`, 'config.kubernetes.io/v1'),
  ['/v1 Pod'],
);

test('an object and its items are both rewritten', t => {
  const policy = resolvePolicy({profiles: ['baseline'], annotate: false});
  const inner = `{apiVersion: v1, kind: Pod, metadata: {name: q}, ${spec}}`;
  const both = `{apiVersion: v1, kind: Pod, metadata: {name: p}, ${spec}, items: [${inner}]}`;
  for (const text of [both, list('List', `[${both}]`)]) {
    const result = harden(text, 'in.yaml', policy);
    t.false(result.text.includes('hostPID'), result.text);
    t.is(result.findings.filter(({status}) => status === 'fixed').length, 2);
  }
});

test('a wrapped list is a hook to Helm by the wrapper, and to others by its items', t => {
  const hooked = 'metadata: {annotations: {helm.sh/hook: test}}';
  const item = `{apiVersion: v1, kind: Pod, ${hooked}}`;
  const wrapped = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- ${item}
`;
  const [manifest] = readStream(list('PodList', `[${item}]`), 'in.yaml').resources;
  const [byList] = readStream(
    `{kind: PodList, apiVersion: v1, ${hooked}, items: [${pod}]}`,
    'in.yaml',
  ).resources;
  const [input] = readResourceList(wrapped, 'in.yaml')?.resources ?? [];
  const hooks = [manifest, byList, input].map(each => each && hookOf(each)?.tool);
  t.deepEqual(hooks, [undefined, 'helm', 'helm']);
});

const refused = test.macro((t, text: string, message: RegExp, line = 1, column = 1) => {
  const error = t.throws(() => readStream(text, 'in.yaml'), {instanceOf: UsageError, message});
  t.like(error?.place, {file: 'in.yaml', document: 1, line, column});
});

for (const [title, text, message, line, column] of [
  ['no kind', 'apiVersion: v1\n', /must have a `kind`/, 1, 1],
  ['a kind that is no text', 'apiVersion: v1\nkind: [Pod]\n', /`kind` must be .*\["Pod"\]/, 2, 1],
  ['a kind with a blank', 'apiVersion: v1\nkind: "Pod "\n', /`kind` must be .*"Pod "/, 2, 1],
  ['no version', 'kind: Pod\n', /kind "Pod" must have an `apiVersion`/, 1, 1],
  ['a version of three parts', 'kind: Pod\napiVersion: a/b/c\n', /`apiVersion` must be/, 2, 1],
  ['a version in capitals', 'kind: Pod\napiVersion: V1\n', /not "V1"/, 2, 1],
  ['a version that is a number', 'kind: Pod\napiVersion: 1\n', /not 1/, 2, 1],
  ['a group without a version', 'kind: Deployment\napiVersion: apps/\n', /not "apps\/"/, 2, 1],
  [
    'metadata that is a list',
    `kind: Pod
apiVersion: v1
metadata: []
`,
    /must be a mapping/,
    3,
    1,
  ],
  [
    'a name that no object can have',
    `kind: Pod
apiVersion: v1
metadata:
  name: ${'a'.repeat(1001)}
`,
    /`name` must not be longer than 1000 characters/,
    4,
    3,
  ],
  [
    'a name that is a number',
    `kind: Pod
apiVersion: v1
metadata:
  name: 1
`,
    /`name` must be a string, not 1/,
    4,
    3,
  ],
  [
    'a namespace that is true',
    `kind: Pod
apiVersion: v1
metadata:
  name: a
  namespace: y
`,
    /`namespace` must be a string, not true/,
    5,
    3,
  ],
  [
    'a prefix of a name that is a mapping',
    `kind: Pod
apiVersion: v1
metadata: {generateName: {}}
`,
    /`generateName` must be a string/,
    3,
    12,
  ],
  [
    'an item without a kind',
    `kind: List
apiVersion: v1
items:
- apiVersion: v1
`,
    /`kind`/,
    4,
    3,
  ],
  [
    'an item that says half',
    `kind: PodList
apiVersion: v1
items:
- kind: Pod
`,
    /`apiVersion`/,
    4,
    3,
  ],
  [
    'an item that is a text',
    `kind: List
apiVersion: v1
items:
- a
`,
    /an object was expected/,
    4,
    3,
  ],
  [
    'a list that says nothing',
    `items:
- apiVersion: v1
  kind: Pod
`,
    /must have a `kind`/,
    1,
    1,
  ],
] as const) {
  test(`refused: ${title}`, refused, text, message, line, column);
}
