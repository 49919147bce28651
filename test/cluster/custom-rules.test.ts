import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {dir} from 'tmp-promise';
import {commandOf} from '../tools/executable.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf, until} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

const policy = `customRules:
  - id: shop/owner-label
    severity: high
    match:
      objects: [{apiVersion: v1, kind: ConfigMap}]
    expression: "'owner' in object.metadata.?labels.orValue({})"
    message: a ConfigMap must have the label owner
exceptions:
  - {rules: [shop/owner-label], match: {name: "legacy-*"}, reason: replaced in March}
`;

const configMap = (name: string, labels: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default, labels: ${labels}}\n`;

clusterTest('a custom rule is denied in the pipeline and in the cluster alike', async t => {
  const {path: folder} = await dir({unsafeCleanup: true});
  const config = path.join(folder, 'policy.yaml');
  writeFileSync(config, policy);
  const audit = (input: string) =>
    execa(...commandOf(['audit', '--config', config, '--rule', 'shop/*', '-']), {
      input,
      reject: false,
    });
  const plane = await controlPlaneOf(t);
  const {stdout} = await execa(...commandOf(['guard', 'manifests', '--config', config]));
  const own = stdout.split('---\n').filter(text => text.includes('kube-harden-own.'));
  t.is(own.length, 2);
  const applied = await kubectl(plane, 'admin', ['apply', '-f', '-'], own.join('---\n'));
  t.is(applied.exitCode, 0, applied.all);

  const create = (input: string) => kubectl(plane, 'admin', ['create', '-f', '-'], input);
  const said = /shop\/owner-label: a ConfigMap must have the label owner/;
  let attempts = 0;
  await until('the rule', async () => {
    attempts += 1;
    const {all, exitCode} = await create(configMap(`web-${attempts}`, '{}'));
    if (exitCode === 0 || !said.test(all)) throw new Error(all);
  });
  const denied = await audit(configMap('web', '{}'));
  t.is(denied.exitCode, 1);
  t.regex(denied.stdout, /shop\/owner-label +a ConfigMap must have the label owner/);
  for (const allowed of [configMap('owned', '{owner: us}'), configMap('legacy-web', '{}')]) {
    const created = await create(allowed);
    t.is(created.exitCode, 0, created.all);
    const {exitCode, stdout: told} = await audit(allowed);
    t.is(exitCode, 0, told);
  }
});

const pod =
  '{containers: [{name: a, image: a, args: [], resources: {limits: {cpu: 1000m}}}], hostNetwork: false}';
const service = '{ports: [{port: 80}]}';

/** What is read that the API server fills in, leaves out or writes in another form: the kind, and whether it holds. */
const readings: readonly (readonly [
  kind: 'Pod' | 'Service',
  expression: string,
  holds: boolean,
])[] = [
  ['Service', "object.spec.type == 'ClusterIP'", true],
  ['Service', "object.spec.ports.all(p, p.protocol == 'TCP' && p.targetPort == 80)", true],
  ['Service', 'has(object.spec.clusterIP)', true],
  ['Service', "object.spec.sessionAffinity != 'None'", false],
  ['Pod', "object.spec.containers.all(c, c.imagePullPolicy == 'Always')", true],
  ['Pod', 'object.spec.terminationGracePeriodSeconds == 30', true],
  ['Pod', 'has(object.spec.securityContext) && !has(object.spec.hostNetwork)', true],
  [
    'Pod',
    "object.spec.containers.all(c, c.resources.limits.cpu == '1' && c.resources.requests.cpu == '1')",
    true,
  ],
  ['Pod', 'object.spec.hostNetwork == false', false],
  ['Pod', 'object.spec.containers.all(c, has(c.args))', false],
  ['Pod', "object.spec.containers.all(c, c.resources.limits.cpu == '1000m')", false],
  ['Pod', 'has(object.metadata.uid) && has(object.status)', true],
];

/** Each reading has an object of its own, because the API server tells one denial. */
const objectFor = (index: number): string => {
  const kind = readings[index]?.[0] ?? '';
  const spec = kind === 'Pod' ? pod : service;
  return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a${index}, namespace: default}\nspec: ${spec}\n`;
};

clusterTest('what the API server fills in counts in the pipeline as in the cluster', async t => {
  const {path: folder} = await dir({unsafeCleanup: true});
  const config = path.join(folder, 'policy.yaml');
  const rules = readings.map(
    ([kind, expression], index) =>
      `  - {id: shop/a${index}, severity: high, match: {objects: [{apiVersion: v1, kind: ${kind}}]}, expression: "object.metadata.name != 'a${index}' || (${expression})", message: broken}\n`,
  );
  writeFileSync(config, `customRules:\n${rules.join('')}`);
  const plane = await controlPlaneOf(t);
  const {stdout} = await execa(...commandOf(['guard', 'manifests', '--config', config]));
  const own = stdout.split('---\n').filter(text => text.includes('kube-harden-own.'));
  const applied = await kubectl(plane, 'admin', ['apply', '-f', '-'], own.join('---\n'));
  t.is(applied.exitCode, 0, applied.all);
  const create = (index: number) =>
    kubectl(plane, 'admin', ['create', '--dry-run=server', '-f', '-'], objectFor(index));
  await until('the rules', async () => {
    for (const [index, [, expression, holds]] of readings.entries()) {
      if (!holds && (await create(index)).exitCode === 0) throw new Error(expression);
    }
  });
  for (const [index, [, expression, holds]] of readings.entries()) {
    const {exitCode, all} = await create(index);
    t.is(exitCode === 0, holds, `${expression}: ${all}`);
    const args = ['audit', '--config', config, '--rule', 'shop/*', '-'];
    const audited = await execa(...commandOf(args), {input: objectFor(index), reject: false});
    t.is(audited.exitCode, holds ? 0 : 1, `${expression}: ${audited.stdout}`);
  }
});
