import {readFileSync} from 'node:fs';
import {Walk} from '../guide/walk.ts';
import {crdFiles} from '../tools/crds.ts';
import {serialTestWithCrds} from '../tools/with-tools.ts';
import {controlPlaneOf} from './control-plane.ts';
import {kubectl} from './kubectl.ts';

for (const helm of ['helm3', 'helm4'] as const) {
  serialTestWithCrds(
    ['openreports'],
    'control-plane',
    'kustomize',
    helm,
  )(`${helm}: the pages of the guide do what they say, with a cluster`, async t => {
    const plane = await controlPlaneOf(t);
    for (const file of crdFiles('openreports')) {
      const created = await kubectl(
        plane,
        'admin',
        ['create', '-f', '-'],
        readFileSync(file, 'utf8'),
      );
      t.is(created.exitCode, 0, created.all);
    }
    const walk = await Walk.with(helm, {KUBECONFIG: plane.kubeconfig});
    walk.addKubectl();
    await walk.take(t, ['cluster']);
  });
}
