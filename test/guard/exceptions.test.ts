import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import type {JsonMap} from '../../src/json.ts';
import type {Exception} from '../../src/policy/policy.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {choices, comparable, wrapped} from './agree.ts';
import {guardObjects, rulesIn} from './guards.ts';
import {admit} from './oracle.ts';

const reason = 'a';
const exceptions: readonly Exception[] = [
  {rules: ['no-priv*'], match: {labels: {app: 'agent-*'}}, reason},
  {rules: ['no-host-*'], match: {labels: {tier: '*', app: 'web'}}, reason},
  {rules: ['no-privileged'], match: {image: 'registry.example.com/*'}, reason},
  {rules: ['*-root'], match: {kind: 'D*', image: '*/b:1', container: 'b'}, reason},
  {rules: ['no-node-port'], match: {labels: {'example.com/public': 'yes'}}, reason},
];

const pod = (labels: JsonMap, image: string): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'wrapped', labels},
  spec: {
    hostNetwork: true,
    containers: [
      {name: 'a', image, securityContext: {privileged: true}},
      {name: 'b', image: 'docker.io/b:1', securityContext: {privileged: true}},
    ],
  },
});

const service = (labels: JsonMap): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {name: 'web', labels},
  spec: {type: 'NodePort', ports: [{port: 80}]},
});

testWithTools('admission-policy-oracle')(
  'render and guard allow the same by labels, images and patterns of rules',
  async t => {
    const objects = [
      ...[{}, {app: 'agent-1'}, {app: 'web'}, {app: 'web', tier: 'x'}, {tier: 'x'}].flatMap(
        labels =>
          ['registry.example.com/a:1', 'other.example.com/a:1'].flatMap(image =>
            wrapped(pod(labels, image)),
          ),
      ),
      ...[{}, {'example.com/public': 'yes'}, {'example.com/public': 'no'}].map(service),
    ];
    const texts = objects.map(object => JSON.stringify(object));
    const narrowed = {...choices, exceptions};
    const outcomes = await admit(
      toolPath('admission-policy-oracle'),
      guardObjects(narrowed),
      texts.map(object => ({object})),
    );
    let excepted = 0;
    for (const [index, text] of texts.entries()) {
      const {findings} = harden(text, 'in', resolvePolicy(narrowed));
      const left = findings.filter(({status}) => status !== 'excepted');
      excepted += findings.length - left.length;
      t.is(outcomes[index]?.error, undefined, text);
      t.deepEqual(
        comparable(rulesIn(outcomes[index]?.audited ?? [])),
        comparable([...new Set(left.map(({rule}) => rule))]),
        text,
      );
    }
    t.true(excepted > 50, String(excepted));
  },
);
