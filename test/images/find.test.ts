import test from 'ava';
import {imagesIn} from '../../src/images/find.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

const finds = test.macro((t, text: string, expected: readonly string[]) => {
  const {resources} = readStream(text, 'input', () => true);
  t.deepEqual(
    resources.flatMap(resource => [...imagesIn(resource)]),
    [...expected],
  );
});

test(
  'all containers of a pod, and image volumes',
  finds,
  `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  initContainers: [{name: i, image: "init:1"}]
  containers: [{name: c, image: "main:1"}, {name: none}, {name: empty, image: ""}, {name: number, image: 5}]
  ephemeralContainers: [{name: e, image: "debug:1"}]
  volumes:
    - {name: v, image: {reference: "quay.io/models/weights:2", pullPolicy: IfNotPresent}}
    - {name: w, emptyDir: {}}
`,
  ['init:1', 'main:1', 'debug:1', 'quay.io/models/weights:2'],
);

test(
  'a template, and one in a list',
  finds,
  `apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1
    kind: CronJob
    metadata: {name: a}
    spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: "job:1"}]}}}}}
`,
  ['job:1'],
);

test(
  'what a custom resource calls an image, and looks like one',
  finds,
  `apiVersion: example.com/v1
kind: Queue
metadata: {name: a, annotations: {image: "annotation:1"}}
spec:
  image: registry.example.com/queue:1
  sidecarImage: sidecar@sha256:${'a'.repeat(64)}
  image2: other:1
  nested: [{initImage: "shop/init"}, {image: web}, {image: {repository: a, tag: b}}]
  image_: "no:1"
  hostile: [{image: "a:1\\nb"}, {image: "http://a/b c"}, {image: "a:b@c d"}]
status: {image: "status:1"}
`,
  ['registry.example.com/queue:1', `sidecar@sha256:${'a'.repeat(64)}`, 'shop/init'],
);

test(
  'nothing of an object that is not custom',
  finds,
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec: {image: "a:1"}\n',
  [],
);
