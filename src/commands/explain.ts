import {parseArgs} from 'node:util';
import {UsageError} from '../errors.ts';
import {findRule, rules} from '../rules/index.ts';
import type {References} from '../rules/rule.ts';
import {writeStdout} from './input.ts';

/** Prints what a rule demands, why, and what its rewrite does. */
export async function explain(args: readonly string[]): Promise<number> {
  const {positionals} = parseArgs({args: [...args], allowPositionals: true});
  const [id, more] = positionals;
  if (id === undefined || more !== undefined) {
    throw new UsageError('explain takes one rule: `kube-harden explain no-host-port`');
  }
  const rule = findRule(id);
  if (rule === undefined) {
    throw new UsageError(
      `"${id}" is no rule: the rules are ${rules.map(each => each.id).join(', ')}`,
    );
  }
  const rewrite =
    rule.rewrite === undefined
      ? 'none: the rule only flags'
      : `${rule.rewrite.does} (disruption: ${rule.rewrite.disruption})`;
  const lines = [
    `${rule.id}: ${rule.title}`,
    `severity: ${rule.severity}`,
    '',
    rule.rationale,
    '',
    `rewrite: ${rewrite}`,
    `references: ${referenceText(rule.references)}`,
    '',
    'to allow it, in kube-harden.yaml:',
    '',
    'exceptions:',
    `  - rules: [${rule.id}]`,
    '    match: {kind: Deployment, name: NAME}',
    '    reason: WHY IT IS NEEDED',
    '',
  ];
  await writeStdout(lines.join('\n'));
  return 0;
}

function referenceText({podSecurity, cis, kubescape, nsa}: References): string {
  return [
    ...(podSecurity === undefined
      ? []
      : [`Pod Security Standards ${podSecurity.level}: ${podSecurity.control}`]),
    ...(cis ?? []).map(control => `CIS ${control}`),
    ...(kubescape ?? []).map(control => `Kubescape ${control}`),
    ...(nsa === undefined ? [] : [`NSA/CISA: ${nsa}`]),
  ].join('; ');
}
