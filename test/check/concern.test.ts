import {readFileSync} from 'node:fs';
import test from 'ava';
import {concernOf} from '../../src/check/concern.ts';
import {profiles} from '../../src/config/profiles.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden, hardenStream} from '../../src/harden.ts';
import {rules} from '../../src/rules/index.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {exampleFile, exampleIds} from '../rules/examples.ts';

const customDefinition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com, namespace: default}
spec: {group: example.com, names: {kind: Thing}, scope: Namespaced, versions: []}
---
`;
const service = `apiVersion: v1
kind: Service
metadata:
  name: a
spec: {type: NodePort}
---
`;
const pod = `apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec: {hostNetwork: true, containers: []}
`;

test('no finding and no rewrite of any rule is lost for what is left unread', t => {
  const texts = [
    ...['hardened', 'shop', 'unsafe'].map(chart => readFileSync(renderedFile(chart), 'utf8')),
    ...exampleIds.map(id => readFileSync(exampleFile(id, 'before.yaml'), 'utf8')),
  ].map(text => `${text}---\n${pod}`);
  const alone = rules.map(({id}) => resolvePolicy({profiles: [], rules: {[id]: 'fix'}}));
  const named = Object.keys(profiles).map(name => resolvePolicy({profiles: [name]}));
  let unread = 0;
  for (const policy of [...alone, ...named]) {
    for (const text of texts) {
      const stream = readStream(text, 'a.yaml', concernOf(policy));
      unread += stream.unread;
      const whole = hardenStream(readStream(text, 'a.yaml'), policy);
      t.deepEqual(hardenStream(stream, policy), whole);
    }
  }
  t.true(unread > 1000, String(unread));
});

const unread = (text: string, profile: string) =>
  readStream(text, 'a.yaml', concernOf(resolvePolicy({profiles: [profile]}))).unread;

test('a schema is of no concern to any rule', t => {
  for (const profile of Object.keys(profiles)) {
    t.is(unread(customDefinition + pod, profile), 1, profile);
    const policy = resolvePolicy({profiles: [profile]});
    const read = hardenStream(readStream(customDefinition, 'a.yaml'), policy);
    t.deepEqual(read.findings, [], profile);
  }
});

test('a Service is of concern to those who look at Services', t => {
  t.is(unread(service + pod, 'essential'), 0);
  t.is(unread(`${service.replaceAll('Service', 'ResourceQuota')}${pod}`, 'baseline'), 1);
});

test('what may tell the namespace of the release is of concern to everyone', t => {
  t.is(unread(`${service.replaceAll('Service', 'ServiceAccount')}${pod}`, 'baseline'), 0);
});

test('a custom resource may hold pods', t => {
  const custom = service.replace('apiVersion: v1', 'apiVersion: example.com/v1');
  t.is(unread(custom + pod, 'baseline'), 0);
});

test('a kind that the policy says holds pods is read', t => {
  const workloads = [{group: '', kind: 'ConfigMap', path: 'data', holds: 'spec'}] as const;
  const policy = resolvePolicy({profiles: ['baseline'], workloads});
  const text = `apiVersion: v1
kind: ConfigMap
data: {hostNetwork: true, containers: []}
---
`;
  const {findings} = harden(text + text, 'a.yaml', policy);
  t.is(findings.length, 2);
});

test('the last document is read, since the stream may have been cut short in it', t => {
  const policy = resolvePolicy({profiles: ['baseline']});
  t.throws(() => harden(`${pod}---\n${customDefinition.slice(0, -20)}`, 'a.yaml', policy), {
    name: 'UsageError',
  });
});

test('what is unread counts, and comes out as it came in', t => {
  const policy = resolvePolicy({profiles: ['baseline'], annotate: false});
  const {text, summary} = harden(customDefinition + pod, 'a.yaml', policy);
  t.is(text, customDefinition + pod.replace('hostNetwork: true, ', ''));
  t.like(summary, {documents: 2, resources: 2, findings: 1});
});
