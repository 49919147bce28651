import {readFileSync} from 'node:fs';
import test from 'ava';
import {readAdmissionPolicies} from '../../src/admission/read.ts';
import {loadCompiler} from '../../src/cel/compile.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {audit} from '../../src/harden.ts';
import {asMap, type JsonMap} from '../../src/json.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {stringify} from '../../src/yaml/emit.ts';
import {readDocument} from '../../src/yaml/read.ts';
import {asked, choices} from '../guard/agree.ts';
import {guardObjects} from '../guard/guards.ts';
import {admit} from '../guard/oracle.ts';
import {officialPods} from '../pod-security/official-pods.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const oracle = 'admission-policy-oracle';

/** A policy with the admission policies in `text`, and nothing else. */
async function policyWith(text: string): Promise<Policy> {
  const [rules = []] = readAdmissionPolicies([{file: 'policies.yaml', text}], await loadCompiler());
  const off = Object.fromEntries([...resolvePolicy().rules.keys()].map(id => [id, 'off'] as const));
  return resolvePolicy({rules: off, admissionPolicies: [{file: 'policies.yaml', rules}]});
}

testWithTools(oracle)('the guard is judged as by the API server, on the official pods', async t => {
  const objects = guardObjects({...choices, annotate: false}, {parts: ['manifests']});
  t.true(asked.size > 0);
  const policy = await policyWith(objects.map(stringify).join('---\n'));
  const pods = (await officialPods())
    .filter(({minor}) => minor === 37)
    .map(({path}) => inDefault(readFileSync(path, 'utf8')));
  const texts = pods.map(pod => JSON.stringify(pod));
  const outcomes = await admit(
    toolPath(oracle),
    objects,
    texts.map(object => ({object})),
  );
  let denied = 0;
  for (const [index, text] of texts.entries()) {
    const outcome = outcomes[index];
    if (outcome?.error !== undefined) continue;
    const {findings, notes} = audit(text, 'pod.json', policy);
    const ours = findings.map(({message}) => message).sort();
    if (ours.length > 0) denied += 1;
    t.deepEqual(ours, [...(outcome?.audited ?? [])].sort(), text);
    t.deepEqual(notes, []);
  }
  t.true(denied > 50);
});

/** The pod in `text`, in the namespace `default`. */
function inDefault(text: string): JsonMap {
  const pod = asMap(readDocument(text, 0, text.length).value) ?? {};
  return {...pod, metadata: {...asMap(pod['metadata']), namespace: 'default'}};
}

const deployment = (name: string, namespace: string, replicas: number, labels: JsonMap = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name, namespace, labels},
  spec: {replicas, template: {spec: {containers: [{name: 'web', image: 'example.com/web:1'}]}}},
});

const stream = [
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop', labels: {tier: 'production'}}},
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'dev'}},
  deployment('web', 'shop', 5),
  deployment('web2', 'shop', 2),
  deployment('exempt', 'shop', 9, {exempt: ''}),
  deployment('dev', 'dev', 9),
  deployment('elsewhere', 'elsewhere', 9),
];

test('variables, conditions, params and selectors of namespaces count', async t => {
  const policy = await policyWith(readFileSync('test/admission/replicas.yaml', 'utf8'));
  const {findings, notes} = audit(
    stream.map(each => JSON.stringify(each)).join('\n---\n'),
    'in',
    policy,
  );
  t.deepEqual(
    findings.map(({rule, severity, resource, message}) => [rule, severity, resource.name, message]),
    [
      ['admission/replicas', 'high', 'web', 'replicas: 5 is more than 3'],
      ['admission/replicas', 'high', 'web2', 'a name consists of letters'],
    ],
  );
  t.deepEqual(
    notes.map(({resource, message}) => [resource.name, message]),
    [
      [
        'elsewhere',
        'admission/replicas cannot be judged: it depends on the labels of the namespace elsewhere',
      ],
    ],
  );
});

test('the API server may convert an object to the version of a policy', async t => {
  const text = readFileSync('test/admission/replicas.yaml', 'utf8');
  const older = JSON.stringify({...deployment('web', 'shop', 9), apiVersion: 'apps/v1beta2'});
  const told = async (policies: string) => {
    const {findings, notes} = audit(older, 'in', await policyWith(policies));
    return [...findings, ...notes].map(({message}) => message);
  };
  t.deepEqual(await told(text), [
    'admission/replicas cannot be judged: it depends on the versions of its kind: it is written in apps/v1beta2, and the API server may convert it',
  ]);
  const exact = text.replace('matchConstraints:', 'matchConstraints:\n    matchPolicy: Exact');
  t.not(exact, text);
  t.deepEqual(await told(exact), []);
});

const replicas = readFileSync('test/admission/replicas.yaml', 'utf8');

for (const [what, text, message] of [
  [
    'an authorizer',
    replicas.replace('int(params.data.most)', "authorizer.path('/').check('get').allowed()"),
    /`variables\.0\.expression` is refused at `authorizer.*cannot be judged outside the cluster/,
  ],
  [
    'a variable that is declared later',
    replicas.replace('object.spec.?replicas.orValue(1)', 'variables.later'),
    /no variable `later`/,
  ],
  [
    'no binding',
    replicas.replace('policyName: replicas', 'policyName: other'),
    /has a binding for it/,
  ],
  [
    'a selector of params',
    replicas.replace('name: limits, namespace: default,', 'selector: {},'),
    /`paramRef\.selector`/,
  ],
  [
    'params without a kind of them',
    replicas.replace(/paramKind: \{[^}]*\}/, ''),
    /there are no `params` here/,
  ],
  ['no actions', replicas.replace('[Deny, Audit]', '[]'), /must list Deny, Warn or Audit/],
  [
    'an action of that name in JavaScript only',
    replicas.replace('[Deny, Audit]', '[constructor]'),
    /must list Deny, Warn or Audit/,
  ],
  [
    'a function of that name in JavaScript only',
    replicas.replace('int(params.data.most)', 'object.constructor()'),
    /the function `constructor`/,
  ],
] as const) {
  test(`refused with its place: ${what}`, async t => {
    const error = await t.throwsAsync(policyWith(text), {name: 'UsageError', message});
    const {place} = error as unknown as {
      readonly place: {readonly file?: string; readonly line?: number};
    };
    t.is(place.file, 'policies.yaml');
    t.true((place.line ?? 0) > 0);
  });
}
