import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {mergeLayers, type Origin, type PolicyLayer} from '../../src/config/layers.ts';
import {readLayer} from '../../src/config/load.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {effectiveFormats} from '../../src/report/effective-policy.ts';
import {drawPolicy} from '../fuzz/examine-policy.ts';
import {repository} from '../tools/tools.ts';
import {chooseAtRandom} from '../yaml/choices.ts';

const shown = (layers: readonly PolicyLayer[], format = 'yaml'): string =>
  effectiveFormats[format]?.(layers, resolvePolicy(mergeLayers(layers))) ?? '';

const options: PolicyLayer = {
  choices: {failOn: 'low', podSecurityMinor: 30},
  originOf: ([key]) => ({option: key === 'failOn' ? '--fail-on' : '--pod-security-version'}),
};

const team = `profile: [essential, restricted]
rules:
  no-host-port: flag
exceptions:
  - rules: [no-host-network]
    match: {kind: DaemonSet, name: "agent-*"}
    reason: scraped on the node's address
networkPolicy:
  egress: least
  connections:
    - {from: {workload: {name: web}}, to: {cidrs: [10.0.0.0/8]}, reason: the "office"}
`;

test('each value is shown with the line that it comes from', async t => {
  const layers = [await readLayer('team.yaml', team), options];
  const lines = shown(layers).split('\n');
  for (const line of [
    'profile: [essential, restricted]  # team.yaml:1',
    'rules:',
    '  no-host-port: flag  # team.yaml:3',
    'podSecurityVersion: v1.30  # --pod-security-version',
    'blockOn: none  # default',
    'failOn: low  # --fail-on',
    'networkPolicy:',
    '  egress: least  # team.yaml:9',
    '  ingress: workloads  # default',
    '  connections:',
    '    - from:  # team.yaml:11',
    '  - rules:  # team.yaml:5',
    `#   ${'no-host-network'.padEnd(34)}  ${'fix'.padEnd(27)}  team.yaml:1`,
    `#   ${'no-host-port'.padEnd(34)}  ${'flag'.padEnd(27)}  team.yaml:3`,
  ]) {
    t.true(lines.includes(line), line);
  }
});

test('the JSON format has the places of the values', async t => {
  const result = JSON.parse(shown([await readLayer('team.yaml', team), options], 'json'));
  t.deepEqual(result.policy.profile, ['essential', 'restricted']);
  t.deepEqual(result.origins['/rules/no-host-port'], {file: 'team.yaml', line: 3, column: 17});
  t.deepEqual(result.origins['/failOn'], {option: '--fail-on'} satisfies Origin);
  t.is(result.origins['/blockOn'], 'default');
  t.deepEqual(result.rules['no-host-port'], {
    mode: 'flag',
    waits: false,
    origin: {file: 'team.yaml', line: 3, column: 17},
  });
});

test('what is shown is a policy file that is the same policy', async t => {
  const choose = chooseAtRandom(3);
  const example = readFileSync(path.join(repository, 'test/fuzz/policy.yaml'), 'utf8');
  const drawn = Array.from({length: 400}, () => drawPolicy(choose));
  let used = 0;
  for (const text of ['', example, team, ...drawn]) {
    const layer = await readLayer('a.yaml', text).catch(() => undefined);
    if (layer === undefined) continue;
    used++;
    const again = await readLayer('b.yaml', shown([layer]));
    t.deepEqual(resolvePolicy(again.choices), resolvePolicy(layer.choices), text);
  }
  t.true(used > 60, String(used));
});
