import {readFileSync} from 'node:fs';
import test from 'ava';
import {harden} from '../../src/harden.ts';
import {resolvePolicy} from '../../src/policy/resolve.ts';
import {splitDocuments} from '../../src/stream/split.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {officialPods} from '../pod-security/official-pods.ts';
import {decodeStrictly, evaluatePods} from '../pod-security/oracle.ts';
import {requireTool} from '../tools/tools.ts';

/** The standard's controls that the rules cover in whole so far. */
const covered = ['hostNamespaces', 'hostPorts', 'privileged', 'allowPrivilegeEscalation'];

test('an official pod that fails a covered control passes it once hardened', async t => {
  const oracle = requireTool(t, 'pod-security-oracle');
  if (oracle === undefined) return;
  const checks = new Map(covered.map(check => [check.toLowerCase(), check]));
  const failing = (await officialPods()).filter(
    ({verdict, check}) => verdict === 'fail' && checks.has(check),
  );
  t.true(failing.length > 300, `${failing.length} pods`);
  const hardened = failing.map(({path, level, minor}) => {
    const policy = resolvePolicy({profiles: [level], podSecurityMinor: minor});
    const {text, summary} = harden(readFileSync(path, 'utf8'), path, policy);
    t.true(summary.fixed > 0, path);
    return {level, version: `v1.${minor}`, yaml: text};
  });
  for (const [index, verdict] of (await evaluatePods(oracle, hardened)).entries()) {
    const pod = failing[index];
    const forbidden = verdict.forbidden.map(({check}) => check);
    t.is(verdict.error, undefined, pod?.path);
    t.false(forbidden.includes(checks.get(pod?.check ?? '') ?? ''), pod?.path);
  }
});

test('an official pod that passes comes out byte for byte', async t => {
  if (requireTool(t, 'pod-security-oracle') === undefined) return;
  const passing = (await officialPods()).filter(({verdict}) => verdict === 'pass');
  t.true(passing.length > 1000, `${passing.length} pods`);
  for (const {path, level, minor} of passing) {
    const text = readFileSync(path, 'utf8');
    const policy = resolvePolicy({profiles: [level], podSecurityMinor: minor});
    const hardened = harden(text, path, policy);
    t.is(hardened.text, text, path);
    t.deepEqual(hardened.findings, [], path);
  }
});

test('what is rewritten and added decodes strictly into Kubernetes’ own types', async t => {
  const oracle = requireTool(t, 'pod-security-oracle');
  if (oracle === undefined) return;
  const policy = resolvePolicy({profiles: ['strict']});
  const documents = charts.flatMap(chart => {
    const {text} = harden(readFileSync(renderedFile(chart), 'utf8'), chart, policy);
    const all = splitDocuments(text).map(({start, end}) => text.slice(start, end));
    return all.filter(document => /^kind: (?!List)/m.test(document));
  });
  t.true(documents.some(document => document.includes('kind: NetworkPolicy')));
  for (const [index, decoded] of (await decodeStrictly(oracle, documents)).entries()) {
    t.is(decoded.error, undefined, documents[index]);
    t.deepEqual(decoded.strict, [], documents[index]);
  }
});
