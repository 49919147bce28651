import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {testWithCorpus} from '../tools/corpus.ts';
import {corpusFiles} from '../tools/corpus-files.ts';

testWithCorpus()('the corpus of real charts is there', t => {
  t.true(corpusFiles.length > 0);
});

/**
 * Lines that a rewrite may remove; `{}` is an empty mapping that was filled. A role rule that
 * grants nothing else is removed completely.
 */
const rewritten =
  /host(?:Port|IP|Network|PID|IPC|Process)|runAs(?:NonRoot|User)|dnsPolicy|privileged|allowPrivilegeEscalation|SYS_ADMIN|ALL|add:|capabilities|securityContext|nodePort|type:|externalTrafficPolicy|[lL]oadBalancer|externalIPs|healthCheckNodePort|portforward|pods\/(?:exec|attach)|snippet|automountServiceAccountToken|readOnly|mountPropagation|\ball\b|^\s*\{\}$|^\s*(?:- )?(?:apiGroups|resources|verbs):$|^\s*- (?:""|get|create)$/;

/** Rules that take volumes away, with lines that might be anybody's. */
const removals = {'no-host-path': 'flag', 'no-runtime-socket': 'flag'} as const;

/** The lines of `before` that `after` has fewer of. */
function vanished(before: string, after: string): readonly string[] {
  const left = new Map<string, number>();
  for (const line of after.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  return before.split('\n').filter(line => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

for (const file of corpusFiles) {
  test(`${path.basename(file)}: hardened, only where a finding says so, and once`, t => {
    const before = readFileSync(file, 'utf8');
    const policy = resolvePolicy({profiles: ['strict']});
    const once = harden(before, file, policy);
    t.is(harden(once.text, file, policy).text, once.text);
    const withVolumes = harden(
      before,
      file,
      resolvePolicy({profiles: ['strict'], rules: removals}),
    );
    const kept = harden(before, file, resolvePolicy({profiles: ['audit']}));
    t.is(kept.text, before);
    const touched = new Set(
      once.findings.filter(({status}) => status === 'fixed').map(({source}) => source.document),
    );
    if (touched.size === 0) t.is(once.text, before);
    const separators = (text: string) => text.split(/^---/m).length;
    const added = once.findings.filter(
      ({rule, status}) => rule === 'require-network-policy' && status === 'fixed',
    ).length;
    t.is(separators(once.text), separators(before) + added);
    t.deepEqual(
      vanished(before, withVolumes.text).filter(line => !rewritten.test(line)),
      [],
    );
  });
}
