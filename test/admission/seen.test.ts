import test from 'ava';
import {customRule} from '../../src/admission/custom-rule.ts';
import {loadCompiler} from '../../src/cel/compile.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {audit} from '../../src/harden.ts';

const off = Object.fromEntries(
  [...resolvePolicy({profiles: ['audit']}).rules.keys()].map(id => [id, 'off'] as const),
);

/** The fingerprints of a Deployment with `containers` under a rule that says `expression`. */
async function fingerprints(expression: string, containers: string, name = 'web') {
  const compile = await loadCompiler();
  const rule = customRule(
    {
      id: 'acme-rule',
      severity: 'high',
      match: {objects: [{apiVersion: 'apps/v1', kind: 'Deployment'}]},
      expression,
      message: 'no',
    },
    compile,
  );
  const policy = resolvePolicy({rules: off, customRules: [rule]});
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app.kubernetes.io/instance: ${name}, helm.sh/chart: web-1}}
spec: {replicas: 1, template: {spec: {containers: ${containers}}}}
`;
  return audit(text, 'in.yaml', policy).findings.map(({fingerprint}) => fingerprint);
}

const spec = 'object.spec.template.spec';
const own = `${spec}.containers.all(c, c.image.startsWith("own/"))`;

for (const [expression, before, after, isSame] of [
  [own, '[{name: a, image: x/a}]', '[{name: a, image: x/b}]', false],
  [own, '[{name: a, image: x/a, command: [a]}]', '[{name: a, image: x/a, command: [b]}]', true],
  // What decides first does not hide the rest.
  [own, '[{name: a, image: x/a}]', '[{name: a, image: x/a}, {name: b, image: x/b}]', false],
  [
    own,
    '[{name: a, image: x/a}, {name: b, image: b}]',
    '[{name: b, image: b}, {name: a, image: x/a}]',
    true,
  ],
  [`has(${spec}.hostUsers)`, '[{name: a, image: x/a}]', '[{name: a, image: x/b}]', true],
  [`size(${spec}.containers) > 9`, '[{name: a}]', '[{name: b}]', true],
  [`size(${spec}.containers) > 9`, '[{name: a}]', '[{name: a}, {name: b}]', false],
  ['object.spec.replicas > 1', '[{name: a}]', '[{name: b}]', true],
  [`${spec}.containers.map(c, c.name).exists(n, n == "x")`, '[{name: a}]', '[{name: b}]', false],
  [`${spec}.containers[0].?tty.orValue(false) == true`, '[{name: a}]', '[{name: b}]', true],
  [
    `${spec}.containers.filter(c, c.name == "a").all(c, c.image == "x")`,
    '[{name: a, image: a}]',
    '[{name: a, image: b}]',
    false,
  ],
] as const) {
  test(`${expression}: ${before} and ${after} are ${isSame ? 'the same' : 'two'}`, async t => {
    const [first, second] = [
      await fingerprints(expression, before),
      await fingerprints(expression, after),
    ];
    t.is(first.length, 1);
    t.is(second.length, 1);
    if (isSame) t.deepEqual(first, second);
    else t.notDeepEqual(first, second);
  });
}

test('the name of the release is no value of its own', async t => {
  const named = 'object.metadata.name == "x"';
  t.deepEqual(await fingerprints(named, '[]', 'shop'), await fingerprints(named, '[]', 'prod'));
});
