import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {audit} from '../../src/harden.ts';
import {toOpenReports, toPolicyReports} from '../../src/report/objects.ts';
import type {Report} from '../../src/report/report.ts';

const approval = {approver: 'ann', ticket: 'OPS-1', expires: '2999-01-01'};
const policy = resolvePolicy({
  exceptions: [
    {rules: ['no-privileged'], match: {name: 'b'}, reason: 'it is the node', ...approval},
  ],
});

const reportOn = (yaml: string): Report => ({...audit(yaml, 'test.yaml', policy), policy});

const pod = (name: string, namespace?: string) => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${JSON.stringify(name)}${namespace === undefined ? '' : `, namespace: ${JSON.stringify(namespace)}`}}
spec: {containers: [{name: app, image: app, securityContext: {privileged: true}}]}
`;

interface Item {
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace?: string};
}

const itemsOf = (text: string) => JSON.parse(text).items;

test('there is a report for each namespace, and one for what has none', t => {
  const report = reportOn(pod('a', 'shop') + pod('b', 'bank') + pod('c'));
  const items = itemsOf(toOpenReports(report));
  t.deepEqual(
    items.map(({kind, metadata: {name, namespace}}: Item) => [kind, namespace, name]),
    [
      ['ClusterReport', undefined, 'kube-harden'],
      ['Report', 'bank', 'kube-harden'],
      ['Report', 'shop', 'kube-harden'],
    ],
  );
  const [, bank, shop] = items;
  const found = (item: {results: {policy: string}[]}) =>
    item.results.find(({policy: rule}) => rule === 'no-privileged');
  t.like(found(bank), {result: 'skip', properties: {reason: 'it is the node', ...approval}});
  t.like(found(shop), {
    result: 'fail',
    severity: 'critical',
    category: 'Pod Security Standards (baseline)',
    resources: [{apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a'}],
    properties: {
      container: 'app',
      path: '/spec/containers/0/securityContext/privileged',
      severity: 'critical',
    },
  });
  t.is(shop.summary.fail, shop.results.length);
  t.is(bank.summary.skip, 1);
});

test('the same findings give the same objects', t => {
  const one = reportOn(pod('a', 'shop') + pod('b', 'bank'));
  t.is(toOpenReports(one), toOpenReports(reportOn(pod('a', 'shop') + pod('b', 'bank'))));
});

test('the first schema of policy reports knows no critical', t => {
  const [, item] = itemsOf(toPolicyReports(reportOn(pod('a', 'shop'))));
  t.like(item, {apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport'});
  t.false('source' in item);
  const severities = item.results.map(({severity}: {severity: string}) => severity);
  t.true(severities.includes('high') && !severities.includes('critical'));
  t.is(item.results[0].properties.severity, 'critical');
});

test('many findings are split into objects that an API server accepts', t => {
  const names = Array.from({length: 3000}, (_, index) => `pod-${index}`);
  const report = reportOn(names.map(name => pod(name, 'shop')).join(''));
  const [, ...items] = itemsOf(toOpenReports(report));
  t.deepEqual(
    items.map(({metadata}: Item) => metadata.name),
    items.map((_: unknown, index: number) =>
      index === 0 ? 'kube-harden' : `kube-harden-${index + 1}`,
    ),
  );
  t.true(items.length > 2);
  for (const item of items) t.true(JSON.stringify(item).length < 1_200_000);
  const results = items.flatMap(({results: each}: {results: unknown[]}) => each);
  t.is(results.length, report.findings.length);
});

test('hostile names and namespaces make no object that the API server refuses', t => {
  const report = reportOn(pod('\u001b[31m<b>', 'Not a namespace') + pod('x'.repeat(900), 'shop'));
  const text = toOpenReports(report);
  t.false(text.includes('\u001b'));
  const [cluster, shop] = itemsOf(text);
  t.is(cluster.kind, 'ClusterReport');
  t.is(cluster.results[0].resources[0].name, '\u001b[31m<b>');
  t.true(cluster.results[0].message.startsWith('Pod/Not a namespace/\\u001b[31m<b>: '));
  t.is(shop.metadata.namespace, 'shop');
});

test('without findings there is a report without results', t => {
  const [item, more] = itemsOf(toOpenReports(reportOn('')));
  t.is(more, undefined);
  t.like(item, {kind: 'ClusterReport', summary: {fail: 0}, results: []});
});
