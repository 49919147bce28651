import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {modesOfRun, type RunRules} from '../../src/config/run-rules.ts';
import {audit, harden} from '../../src/harden.ts';

/** The rules that a run has, with their modes. */
function modes(run: RunRules, profile = 'essential') {
  const base = resolvePolicy({profiles: [profile]});
  return resolvePolicy({profiles: [profile], rules: modesOfRun(run, base)}).rules;
}

test('only the named rules run, as the policy sets them', t => {
  const run = modes({only: ['no-host-port', 'no-node-port'], skipped: []});
  t.deepEqual([...run].sort(), [
    ['no-host-port', 'fix'],
    ['no-node-port', 'flag'],
  ]);
});

test('a rule that the policy turns off runs as in strict', t => {
  t.deepEqual([...modes({only: ['require-limits', 'no-host-p*'], skipped: []})].sort(), [
    ['no-host-path', 'fix'],
    ['no-host-pid', 'fix'],
    ['no-host-port', 'fix'],
    ['no-host-probes', 'fix'],
    ['no-host-process', 'fix'],
    ['require-limits', 'flag'],
  ]);
});

test('a rule that is left out does not run, and one that runs waits as before', t => {
  const run = {only: undefined, skipped: ['no-host-*']};
  t.false(modes(run).has('no-host-port'));
  t.true(modes(run).has('no-privileged'));
  const base = resolvePolicy();
  const only = resolvePolicy({rules: modesOfRun({only: ['no-host-port'], skipped: []}, base)});
  t.true(only.waiting.has('no-host-port'));
});

const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: a, image: a, securityContext: {privileged: true}, ports: [{containerPort: 1, hostPort: 1}]}]
`;

test('findings of lower severity are neither reported nor rewritten', t => {
  const critical = resolvePolicy({profiles: ['strict'], minSeverity: 'critical'});
  t.deepEqual(
    [...new Set(audit(pod, 'a', critical).findings.map(({severity}) => severity))],
    ['critical'],
  );
  const {text} = harden(pod, 'a', critical);
  t.regex(text, /hostPort: 1/);
  t.notRegex(text, /privileged: true/);
});
