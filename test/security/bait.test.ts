import {mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {contentsOf, layBait} from './bait.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: a}]}
`;

/** A user's folder with a policy, a chart in it, and bait in each folder from the root of all down. */
function trap() {
  const root = mkdtempSync(path.join(tmpdir(), 'kube-harden-bait-'));
  const make = (...names: readonly string[]) => {
    const folder = path.join(root, ...names);
    mkdirSync(folder, {recursive: true});
    return folder;
  };
  const marks = make('marks');
  const folders = {
    parent: make('home'),
    policy: make('home/work'),
    target: make('home/work/manifests'),
    chart: make('home/work/chart'),
    files: make('home/work/chart/files'),
  };
  for (const folder of Object.values(folders)) layBait(folder, marks);
  writeFileSync(path.join(folders.policy, 'kube-harden.yaml'), 'profile: essential\n');
  writeFileSync(path.join(folders.target, 'pod.yaml'), pod);
  writeFileSync(path.join(make('home/work/chart/templates'), 'pod.yaml'), pod);
  writeFileSync(
    path.join(folders.chart, 'Chart.yaml'),
    `apiVersion: v2
name: a
version: 0.1.0
`,
  );
  return {root, marks, folders, tools: make('tools'), temporary: make('tmp')};
}

const calls: readonly (readonly string[])[] = [
  [],
  ['render'],
  ['audit', '-'],
  ['audit', 'TARGET'],
  ['audit', 'CHART'],
  ['network', 'TARGET'],
  ['network', 'CHART'],
  ['guard'],
  ['rules'],
  ['explain', 'no-host-port'],
  ['help'],
  ['--version'],
  ['nope'],
  ['audit', 'nope.yaml'],
];

for (const place of ['parent', 'policy', 'target', 'chart', 'files'] as const) {
  testWithTools('helm3')(
    `nothing that lies about is run, with the working directory at the ${place}`,
    async t => {
      const helm = toolPath('helm3');
      const {root, marks, folders, tools, temporary} = trap();
      symlinkSync(helm, path.join(tools, 'helm'));
      const cwd = folders[place];
      const before = contentsOf(root);
      const inCwd = ['', '.', 'bin', 'node_modules/.bin', path.join(cwd, 'node_modules/.bin')];
      const inChart = [path.join(folders.chart, 'bin'), folders.files];
      const PATH = [...inCwd, ...inChart, tools, process.env['PATH']].join(path.delimiter);
      for (const call of calls) {
        const args = call.map(word =>
          word.replace('TARGET', folders.target).replace('CHART', folders.chart),
        );
        const {stderr} = await execa(...commandOf(args), {
          cwd,
          input: pod,
          env: {PATH, TMPDIR: temporary},
          reject: false,
        });
        t.notRegex(stderr, /internal error|helm could not|not on the PATH/, args.join(' '));
        t.deepEqual(readdirSync(marks), [], args.join(' '));
      }
      t.deepEqual(contentsOf(root), before);
    },
  );
}

test('the bait is live: what runs it leaves a mark', async t => {
  const {marks, folders} = trap();
  await execa(path.join(folders.chart, 'bin/helm'));
  await execa(process.execPath, ['--require', './bait.cjs', '--eval', '0'], {cwd: folders.chart});
  t.deepEqual(readdirSync(marks), ['bait.cjs', 'bin_helm']);
});
