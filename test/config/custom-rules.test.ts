import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {dir} from 'tmp-promise';
import {effectiveRules} from '../../src/config/effective.ts';
import {mergeLayers, type PolicyLayer} from '../../src/config/layers.ts';
import {loadFile} from '../../src/config/load.ts';
import {requireLocked} from '../../src/config/locks.ts';
import {requireOwnRules} from '../../src/config/own-rules.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {guard} from '../../src/guard/guard.ts';
import {audit, auditStream, harden} from '../../src/harden.ts';
import {placedIn} from '../../src/stream/join.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {defaults} from '../guard/guards.ts';
import {admit} from '../guard/oracle.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const owner = `
  - id: shop/owner-label
    severity: high
    match:
      objects: [{apiVersion: apps/v1, kind: Deployment}]
      namespaces: [shop, "shop-*"]
    expression: "'owner' in object.metadata.?labels.orValue({})"
    message: a Deployment must have the label \`owner\`
    references: [https://example.com/labels]
`;
const rules = `customRules:${owner}`;

/** The layers of the last of `files`, which are in one folder. */
async function layersOf(files: Readonly<Record<string, string>>): Promise<readonly PolicyLayer[]> {
  const {path: folder} = await dir({unsafeCleanup: true});
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
    writeFileSync(path.join(folder, name), text);
  }
  const {layers} = await loadFile(path.join(folder, Object.keys(files).at(-1) ?? ''));
  requireOwnRules(layers);
  requireLocked(layers);
  return layers;
}

const policyOf = async (...args: Parameters<typeof layersOf>) =>
  resolvePolicy(mergeLayers(await layersOf(args[0])));

const deployment = (name: string, namespace: string, labels = '{}') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}
spec: {template: {spec: {containers: [{name: web, image: "example.com/web:1"}]}}}
`;
const stream = [
  deployment('web', 'shop'),
  deployment('legacy', 'shop-eu'),
  deployment('owned', 'shop', '{owner: us}'),
  deployment('elsewhere', 'bank'),
].join('---\n');

const exception = `exceptions:
  - {rules: [shop/owner-label], match: {name: legacy}, reason: replaced in March}
`;

test('a rule of the policy is checked like any other', async t => {
  const policy = await policyOf({'policy.yaml': `${rules}${exception}`});
  for (const findings of [
    audit(stream, 'in', policy).findings,
    harden(stream, 'in', policy).findings,
  ]) {
    const own = findings.filter(({rule}) => rule === 'shop/owner-label');
    t.deepEqual(
      own.map(({resource, status, path, before, source}) => [
        resource.name,
        status,
        path,
        before,
        source.line,
      ]),
      [
        ['web', 'flagged', '', undefined, 1],
        ['legacy', 'excepted', '', undefined, 6],
      ],
    );
    t.deepEqual(own[0]?.references, {other: ['https://example.com/labels']});
  }
});

test('a rule can be turned off, also by a pattern', async t => {
  for (const name of ['shop/owner-label', '"shop/*"', '"*"']) {
    const policy = await policyOf({'policy.yaml': `${rules}rules: {${name}: off}\n`});
    t.false(policy.rules.has('shop/owner-label'));
  }
});

test('what turns off a rule by a pattern is its origin, and a policy overrides those below it', async t => {
  const off = await layersOf({
    'org.yaml': rules,
    'team.yaml': 'extends: org.yaml\nblockOn: high\nrules:\n  "shop/*": off\n',
  });
  const origin = (layers: readonly PolicyLayer[]) =>
    effectiveRules(layers, resolvePolicy(mergeLayers(layers))).find(
      ({id}) => id === 'shop/owner-label',
    );
  t.is(origin(off)?.mode, 'off');
  t.is(origin(off)?.origin?.line, 4);
  t.regex(origin(off)?.origin?.file ?? '', /team\.yaml$/);
  const again = await layersOf({
    'org.yaml': `${rules}rules: {shop/owner-label: flag}\n`,
    'team.yaml': 'extends: org.yaml\nrules: {"shop/*": off}\n',
  });
  t.is(origin(again)?.mode, 'off');
});

const release = (text: string, namespace?: string) => {
  const stream = readStream(text, 'in');
  return namespace === undefined ? stream : placedIn(stream, {namespace});
};
const nowhere = deployment('web', 'shop').replace('namespace: shop, ', '');

test('a rule for namespaces looks at the namespace that the call names', async t => {
  const policy = await policyOf({'policy.yaml': rules});
  const told = (namespace?: string) => {
    const {findings, notes} = auditStream(release(nowhere, namespace), policy);
    return [...findings, ...notes].flatMap(({rule, status, message}) =>
      rule === 'shop/owner-label' ? [`${status}: ${message}`] : [],
    );
  };
  t.deepEqual(told('shop'), ['flagged: a Deployment must have the label `owner`']);
  t.deepEqual(told('bank'), []);
  t.deepEqual(told(), [
    'noted: shop/owner-label cannot be judged: it depends on the namespace, which neither the manifest nor `--namespace` names',
  ]);
  const {notes} = audit(nowhere.replace('labels: {}', 'labels: {owner: us}'), 'in', policy);
  t.deepEqual(notes, []);
});

test('an exception for a namespace looks at it, too', async t => {
  const allowed = `exceptions: [{rules: [shop/owner-label], match: {namespace: shop}, reason: a}]\n`;
  const policy = await policyOf({'policy.yaml': `${rules}${allowed}`});
  const {findings} = auditStream(release(nowhere, 'shop'), policy);
  t.is(findings.find(({rule}) => rule === 'shop/owner-label')?.status, 'excepted');
});

test('an object in another version does not escape a rule', async t => {
  const policy = await policyOf({'policy.yaml': rules});
  const older = stream.replaceAll('apps/v1', 'apps/v1beta2');
  const found = audit(older, 'in', policy).findings.filter(({rule}) => rule.includes('/'));
  t.deepEqual(
    found.map(({resource, message}) => [resource.name, message]),
    ['web', 'legacy', 'owned'].map(name => [
      name,
      'the object is written in apps/v1beta2, and the rule is about apps/v1, to which the API server would convert it: write it in apps/v1, or add apps/v1beta2 to `objects` of the rule',
    ]),
  );
  const both = rules.replace(
    'objects: [',
    'objects: [{apiVersion: apps/v1beta2, kind: Deployment}, ',
  );
  const judged = audit(older, 'in', await policyOf({'policy.yaml': both}));
  t.deepEqual(
    judged.findings.filter(({rule}) => rule.includes('/')).map(({resource}) => resource.name),
    ['web', 'legacy'],
  );
});

test('a field that the API server fills in is there, and another one that is missing is named', async t => {
  const message = async (expression: string, input = stream) => {
    const text = rules.replace(/expression: .*/, `expression: ${expression}`);
    const {findings} = audit(input, 'in', await policyOf({'policy.yaml': text}));
    return findings.find(({rule}) => rule === 'shop/owner-label')?.message;
  };
  t.is(await message('object.spec.replicas == 1'), undefined);
  t.is(await message('object.spec.replicas > 1'), 'a Deployment must have the label `owner`');
  t.is(
    await message('object.spec.paused == false'),
    'the expression fails: no such key: paused. Read a field that may be missing as `.?paused`',
  );
});

test('a field of a custom kind may have a default that only its definition has', async t => {
  const text = rules
    .replace(/expression: .*/, 'expression: object.spec.size < 3')
    .replaceAll('apps/v1', 'example.com/v1');
  const fleet = stream.replaceAll('apps/v1', 'example.com/v1');
  const {findings} = audit(fleet, 'in', await policyOf({'policy.yaml': text}));
  t.is(
    findings.find(({rule}) => rule === 'shop/owner-label')?.message,
    'the expression fails: no such key: size. If the definition of the kind has a default, read the field as `.?size`',
  );
});

test('a rule has no params', async t => {
  const text = rules.replace(/expression: .*/, 'expression: params == null');
  await t.throwsAsync(policyOf({'policy.yaml': text}), {message: /there are no `params` here/});
});

const team = (text: string) => ({
  'org.yaml': `${rules}locked: ["rules.shop/*", "exceptions.shop/*"]\n`,
  'team.yaml': `extends: org.yaml\n${text}`,
});
const refused: Readonly<Record<string, readonly [Readonly<Record<string, string>>, RegExp]>> = {
  'turning off a locked rule': [
    team('rules: {shop/owner-label: off}\n'),
    /must not make shop\/owner-label off instead of flag/,
  ],
  'turning off locked rules by a pattern': [
    team('rules: {"shop/*": off}\n'),
    /must not make shop\/owner-label off instead of flag/,
  ],
  'an exception for a locked rule': [team(exception), /must not allow shop\/owner-label/],
  'an exception by a pattern': [
    team(exception.replace('shop/owner-label', '"*"')),
    /must not allow shop\/owner-label/,
  ],
  'replacing a rule': [team(rules), /there is a rule shop\/owner-label already, in .*org\.yaml:2/],
  'a rule that does not exist': [
    {'policy.yaml': `${rules}rules: {shop/other: off}\n`},
    /unknown rule "shop\/other"/,
  ],
  'a name without a slash': [
    {'policy.yaml': rules.replace('shop/', '')},
    /the name of a team, a slash and a name/,
  ],
  'a name of an admission policy': [
    {'policy.yaml': rules.replace('shop/', 'admission/')},
    /must not begin with "admission\/"/,
  ],
  'CEL that does not parse': [
    {'policy.yaml': rules.replace(/expression: .*/, 'expression: "1 +"')},
    /the rule shop\/owner-label is refused.*Unexpected token: EOF/,
  ],
  'CEL that is not a condition': [
    {'policy.yaml': rules.replace(/expression: .*/, 'expression: object.kind')},
    /must be of type bool/,
  ],
  'an unknown key': [{'policy.yaml': `${rules}    when: now\n`}, /unknown key/],
  'a missing file': [
    {'policy.yaml': 'admissionPolicies: [none.yaml]\n'},
    /`admissionPolicies` names .*none\.yaml, but it does not exist/,
  ],
  'a folder': [
    {'folder/a.yaml': '', 'policy.yaml': 'admissionPolicies: [folder]\n'},
    /`admissionPolicies` names .*folder, but it is no file/,
  ],
  'an address': [
    {'policy.yaml': 'admissionPolicies: ["https://example.com/p.yaml"]\n'},
    /must be a path/,
  ],
  'a file in a chart': [
    {
      'chart/Chart.yaml': 'name: a\n',
      'chart/p.yaml': '',
      'policy.yaml': 'admissionPolicies: [chart/p.yaml]\n',
    },
    /because it is inside a chart/,
  ],
};

for (const [what, [files, message]] of Object.entries(refused)) {
  test(`refused: ${what}`, async t => {
    const error = await t.throwsAsync(layersOf(files), {message});
    t.true(['PolicyError', 'UsageError'].includes(error?.name ?? ''));
  });
}

test('an expression is refused with its place', async t => {
  const text = rules.replace(/expression: .*/, `expression: "isURL('a')"`);
  const error = await t.throwsAsync(layersOf({'policy.yaml': text}));
  const {place} = error as unknown as {
    readonly place: {readonly file: string; readonly line: number};
  };
  t.is(place.line, 7);
});

const oracle = 'admission-policy-oracle';

testWithTools(oracle)('the guard denies what an audit finds, and no more', async t => {
  const policy = await policyOf({
    'policy.yaml': `${rules}rules: {"*": off, "shop/*": flag}\n${exception}`,
  });
  const {objects, notes} = guard(policy, {...defaults, parts: ['manifests']}, '2026-01-01');
  t.deepEqual(notes, []);
  const texts = stream.split('---\n');
  const outcomes = await Promise.all(
    texts.map(async object => {
      const namespace = /namespace: ([^,]*)/.exec(object)?.[1] ?? '';
      const [outcome] = await admit(toolPath(oracle), objects, [{object, namespace}], {
        [namespace]: {},
      });
      return outcome?.denied ?? '';
    }),
  );
  const {findings} = audit(stream, 'in', policy);
  const flagged = findings.filter(({status}) => status === 'flagged');
  t.deepEqual(
    flagged.map(({resource}) => resource.name),
    ['web'],
  );
  t.deepEqual(
    outcomes.map(text => text !== ''),
    [true, false, false, false],
  );
  t.regex(outcomes[0] ?? '', /shop\/owner-label: a Deployment must have the label `owner`/);
});

const labelled = `customRules:
  - id: shop/owner
    severity: high
    match:
      objects:
        - {apiVersion: apps/v1, kind: Deployment}
        - {apiVersion: v1, kind: ConfigMap}
    expression: "'owner' in object.metadata.?labels.orValue({})"
    message: an object must have the label \`owner\`
rules: {"*": off, "shop/*": flag}
exceptions:
  - {rules: [shop/owner], match: {labels: {app: "agent-*"}}, reason: a}
`;

testWithTools(oracle)('an exception by labels holds in the cluster, too', async t => {
  const policy = await policyOf({'policy.yaml': labelled});
  const {objects, notes} = guard(policy, {...defaults, parts: ['manifests']}, '2026-01-01');
  t.deepEqual(notes, []);
  const pods = (app: string) =>
    deployment('web', 'default').replace(
      '{spec: {c',
      `{metadata: {labels: {app: ${app}}}, spec: {c`,
    );
  const config = (app: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default, labels: {app: ${app}}}\n`;
  const texts = [pods('agent-1'), pods('web'), config('agent-1'), config('web')];
  const outcomes = await admit(
    toolPath(oracle),
    objects,
    texts.map(object => ({object})),
  );
  t.deepEqual(
    outcomes.map(({denied}) => denied !== ''),
    [false, true, false, true],
  );
  for (const [index, text] of texts.entries()) {
    const [found] = audit(text, 'in', policy).findings;
    t.is(found?.status, index % 2 === 0 ? 'excepted' : 'flagged');
  }
});

test('the guard says which exception does not hold for a rule of the policy', async t => {
  const text = labelled
    .replace('labels: {app: "agent-*"}', 'image: "example.com/*"')
    .concat('  - {rules: [shop/fleet], match: {labels: {app: a}}, reason: b}\n')
    .replace(
      'rules: {',
      'workloads: [{group: example.com, kind: Fleet, path: "spec.groups[*].template"}]\nrules: {',
    )
    .replace(
      'customRules:\n',
      `customRules:
  - id: shop/fleet
    severity: low
    match: {objects: [{apiVersion: example.com/v1, kind: Fleet, resource: fleets}]}
    expression: "true"
    message: a
`,
    );
  const {notes} = guard(
    await policyOf({'policy.yaml': text}),
    {...defaults, parts: ['manifests']},
    '2026-01-01',
  );
  t.deepEqual(notes, [
    'the exception of shop/owner, match {image: "example.com/*"} ("a") does not apply to shop/owner: it is for containers, and the rule is about objects',
    'the exception of shop/fleet, match {labels: {app: "a"}} ("b") does not apply to shop/fleet: an admission policy cannot tell which labels the pods have, so the guard denies what it allows',
  ]);
});
