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
