import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {dir} from 'tmp-promise';
import {mergeLayers, type PolicyLayer} from '../../src/config/layers.ts';
import {loadFile} from '../../src/config/load.ts';
import {requireLocked} from '../../src/config/locks.ts';
import {requireOwnRules} from '../../src/config/own-rules.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {guard} from '../../src/guard/guard.ts';
import {audit, harden} from '../../src/harden.ts';
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
  for (const name of ['shop/owner-label', '"shop/*"']) {
    const policy = await policyOf({'policy.yaml': `${rules}rules: {${name}: off}\n`});
    t.false(policy.rules.has('shop/owner-label'));
  }
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
  const policy = await policyOf({'policy.yaml': `${rules}rules: {"*": off}\n${exception}`});
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
