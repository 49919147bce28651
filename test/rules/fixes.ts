import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {findRule, rules} from '../../src/rules/index.ts';

/**
 * The rewritten object and the findings of one rule in mode `fix`, each as "status /path", under
 * the standards of v1.`minor`.
 */
export const fixes = test.macro(
  (t, rule: string, before: string, after: string, seen: string[], minor?: number) => {
    t.truthy(findRule(rule));
    const only = Object.fromEntries(
      rules.map(({id}) => [id, id === rule ? 'fix' : 'off'] as const),
    );
    const policy = resolvePolicy({
      rules: only,
      annotate: false,
      podSecurityMinor: minor ?? Number.POSITIVE_INFINITY,
    });
    const {text, findings} = harden(before, 'in', policy);
    t.is(text, after);
    t.deepEqual(
      findings.map(({status, path}) => `${status} ${path}`),
      seen,
    );
    t.is(harden(text, 'in', policy).text, text);
  },
);

/** A pod with that spec, in block style. */
export const pod = (spec: string): string =>
  `apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
${spec}`;
