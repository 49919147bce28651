import {readFileSync} from 'node:fs';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {audit} from '../../src/harden.ts';
import {toOpenReports, toPolicyReports} from '../../src/report/objects.ts';
import type {Report} from '../../src/report/report.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {type CrdName, crdFiles} from '../tools/crds.ts';
import {serialTestWithCrds} from '../tools/with-tools.ts';
import {type ControlPlane, controlPlaneOf, until} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

const apis: readonly (readonly [CrdName, string, (report: Report) => string])[] = [
  ['openreports', 'reports.openreports.io,clusterreports.openreports.io', toOpenReports],
  [
    'policyreport',
    'policyreports.wgpolicyk8s.io,clusterpolicyreports.wgpolicyk8s.io',
    toPolicyReports,
  ],
];

const test = serialTestWithCrds(['openreports', 'policyreport'], 'control-plane');

/** Creates the kinds, and waits until they are served. */
async function serve(plane: ControlPlane, name: CrdName, kinds: string): Promise<void> {
  for (const file of crdFiles(name)) {
    const created = await kubectl(
      plane,
      'admin',
      ['create', '-f', '-'],
      readFileSync(file, 'utf8'),
    );
    if (created.exitCode !== 0) throw new Error(created.all);
  }
  await until(kinds, async () => {
    const {exitCode, all} = await kubectl(plane, 'admin', ['get', kinds, '-A']);
    if (exitCode !== 0) throw new Error(all);
  });
}

const apply = ['apply', '--server-side', '--validate=strict', '-f', '-'];

/** A fixture with every kind of finding, in one namespace and in none; and far too many for one object. */
const policy = resolvePolicy({
  profiles: ['audit'],
  exceptions: [{rules: ['no-privileged'], match: {}, reason: 'it *is* the node'}],
});
const unsafe = readFileSync(renderedFile('unsafe'), 'utf8');
const pods = Array.from(
  {length: 400},
  (_, index) => `
---
apiVersion: v1
kind: Pod
metadata: {name: "pod-${index}", namespace: shop}
spec: {hostNetwork: true, containers: [{name: a, image: a}]}
`,
);
const many = `${unsafe}\n${pods.join('')}`;

test('a real API server accepts the reports, with every field, and as updates', async t => {
  const plane = await controlPlaneOf(t);
  await kubectl(plane, 'admin', ['create', 'namespace', 'shop']);
  const report = {...audit(many, 'many.yaml', policy), policy, labels: {run: 'one'}};
  for (const [name, kinds, write] of apis) {
    await serve(plane, name, kinds);
    const objects = write(report);
    for (const text of [objects, objects]) {
      const applied = await kubectl(plane, 'admin', apply, text);
      t.is(applied.exitCode, 0, applied.all.slice(0, 2000));
      t.notRegex(applied.all, /unknown field|Warning/);
    }
    const {all} = await kubectl(plane, 'admin', [
      'get',
      kinds,
      '-A',
      '-l',
      'run=one',
      '-o',
      'json',
    ]);
    const stored = JSON.parse(all).items;
    t.is(stored.length, JSON.parse(objects).items.length);
    t.true(stored.length > 2);
    const results = stored.flatMap(({results: each}: {results: unknown[]}) => each);
    t.is(results.length, report.findings.length);
  }
});
