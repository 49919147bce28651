/** What a user is told of the network beside findings. */
import {readFileSync} from 'node:fs';
import test from 'ava';
import {harden} from '../../src/harden.ts';
import {type PolicyChoices, resolvePolicy} from '../../src/policy/resolve.ts';
import {formats} from '../../src/report/formats.ts';
import {toSummary} from '../../src/report/text.ts';
import {renderedFile} from '../fixtures/charts.ts';

const hardened = (text: string, choices: PolicyChoices = {}) =>
  harden(text, 'in.yaml', resolvePolicy(choices));

const notes = (text: string, choices: PolicyChoices = {}) =>
  hardened(text, choices).notes.map(({resource, message}) => `${resource.name}: ${message}`);

const pod = (name: string, spec = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {${spec}containers: [{name: a, image: a}]}
`;
const own = (more = '', metadata = 'name: own') => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {${metadata}}
spec: {podSelector: {matchLabels: {app: web}}${more}}
`;
const alone = (direction: string) =>
  `web: the NetworkPolicy "own" of the stream governs ${direction} of the pods already: it is left as it is, and none is added to it`;

const tells = test.macro(
  (t, stream: string, expected: readonly string[], choices: PolicyChoices = {}) => {
    t.deepEqual(notes(stream, choices), expected);
  },
);

test('pods that nothing isolates', tells, pod('web'), []);
test('pods that a policy of the chart isolates', tells, pod('web') + own(), [alone('ingress')]);
test('an audit tells as well', tells, pod('web') + own(), [alone('ingress')], {
  profiles: ['audit'],
});
test(
  'both directions',
  tells,
  pod('web') + own(', policyTypes: [Ingress, Egress]'),
  [alone('ingress'), alone('egress')],
  {networkPolicy: {egress: 'least'}},
);
test('a rule that is off tells nothing', tells, pod('web') + own(), [], {
  rules: {'require-network-policy': 'off'},
});

test('what an earlier run added is no news', t => {
  t.deepEqual(notes(hardened(pod('web')).text), []);
});

test('a policy whose namespace is no text isolates nothing, since the API server refuses it', t => {
  for (const namespace of ['y', '1', '[]', '{}']) {
    const {text} = hardened(pod('web') + own('', `name: own, namespace: ${namespace}`));
    t.regex(text, /name: web-pod-kube-harden\n/, namespace);
  }
  const {text} = hardened(pod('web') + own('', 'name: own, namespace: null'));
  t.notRegex(text, /-kube-harden/);
});

test('every report tells, once for all objects of which it holds', t => {
  const many = Array.from({length: 12}, (_, at) => pod(`p${at}`)).join('');
  const policy = resolvePolicy();
  const stream = many + own().replace('{matchLabels: {app: web}}', '{}');
  const report = {...harden(stream, 'in.yaml', policy), policy};
  const told = `note: Pod/p0, Pod/p1, Pod/p2, Pod/p3, Pod/p4, Pod/p5, Pod/p6, Pod/p7, Pod/p8, Pod/p9 and 2 more: ${alone('ingress').slice(5)}`;
  t.true(toSummary(report).includes(`${told}\n`));
  t.true(formats['table']?.(report).includes(`${told}\n`));
  t.regex(formats['markdown']?.(report) ?? '', /^- note: Pod\/p0, /m);
  const {notes: list, summary} = JSON.parse(formats['json']?.(report) ?? '');
  t.is(list.length, 12);
  t.like(list[0], {rule: 'require-network-policy', path: '/spec', resource: {name: 'p0'}});
  t.deepEqual(list[0].source, {file: 'in.yaml', document: 2, line: 5, column: 1});
  t.is(summary.findings, report.findings.length);
});

test('a hostile name of a policy stays a name', t => {
  const policy = resolvePolicy();
  const stream = pod('web') + own('', 'name: "a\\e[2J\\n| <b>"');
  const report = {...harden(stream, 'in.yaml', policy), policy};
  const markdown = formats['markdown']?.(report) ?? '';
  for (const text of [toSummary(report), markdown]) t.false(text.includes('\u001b'));
  t.regex(markdown, /^- note: Pod\/web: .*\\\| .*governs ingress/m);
  t.notRegex(markdown, /(?<!\\)<b>/);
});

test('the database of the shop, which its own policy isolates', t => {
  const told = notes(readFileSync(renderedFile('shop'), 'utf8'));
  t.deepEqual(
    told.filter(each => each.startsWith('db:')),
    [
      'db: the NetworkPolicy "db" of the stream governs ingress of the pods already: it is left as it is, and none is added to it',
    ],
  );
});

const onNode = pod('web', 'hostNetwork: true, ');
test('pods in the network of their node are flagged by two rules', t => {
  const flagged = (choices: PolicyChoices) =>
    hardened(onNode, choices)
      .findings.filter(({path, status}) => path === '/spec/hostNetwork' && status === 'flagged')
      .map(({rule}) => rule);
  t.deepEqual(flagged({profiles: ['audit']}), ['no-host-network', 'require-network-policy']);
  t.deepEqual(flagged({rules: {'no-host-network': 'flag'}}), [
    'no-host-network',
    'require-network-policy',
  ]);
  // What leaves that network gets a policy like any other.
  t.deepEqual(flagged({}), []);
  t.regex(hardened(onNode).text, /name: web-pod-kube-harden\n/);
});
