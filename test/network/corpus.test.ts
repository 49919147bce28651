import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {valueAt} from '../../src/json.ts';
import {rungs} from '../../src/policy/network-policy.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {testWithCorpus} from '../tools/corpus.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {Cluster} from './evaluator.ts';

testWithCorpus()('there are real charts to look at', t => {
  t.true(corpusFiles.length > 0);
});

const openToOutside = ['metadata', 'annotations', 'kube-harden.io/open-to-outside'];

const isOfRule = ({rule}: {readonly rule: string}) =>
  rule === 'require-network-policy' || rule === 'no-open-network-policy';

for (const file of corpusFiles) {
  test(`${path.basename(file)}: on every rung no external address gets in, and once is enough`, t => {
    const stream = readFileSync(file, 'utf8');
    for (const rung of rungs) {
      const policy = resolvePolicy({networkPolicy: {ingress: rung, egress: rung}});
      const {text, findings} = harden(stream, file, policy);
      t.is(harden(text, file, policy).text, text);
      // Pods that cannot be covered, and what the chart's own policies open, are flagged.
      const flagged = findings.filter(each => isOfRule(each) && each.status === 'flagged');
      const known = new Set(flagged.map(({resource}) => resource.name));
      // The policy has an annotation for undecided openings, and for host ports that stay.
      const told = readStream(text, file)
        .resources.filter(({value}) => valueAt(value, openToOutside) !== undefined)
        .map(policy => policy.name);
      const isTold = (name: string) => told.some(policy => policy.startsWith(`${name}-`));
      const cluster = new Cluster(text, 'default');
      const open = cluster.pods.filter(pod =>
        pod.ports.some(({containerPort, protocol}) =>
          cluster.admits('203.0.113.7', pod, containerPort, protocol),
        ),
      );
      const hasOpenPolicy = flagged.some(({rule}) => rule === 'no-open-network-policy');
      if (!hasOpenPolicy) {
        t.deepEqual(
          open.map(({name}) => name).filter(name => !known.has(name) && !isTold(name)),
          [],
        );
      }
    }
  });
}
