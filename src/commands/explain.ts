import {UsageError} from '../errors.ts';
import {referenceLines} from '../report/references.ts';
import {findRule, rules} from '../rules/index.ts';
import {suggestion} from '../suggest.ts';
import {parseCall} from './options.ts';
import {writeStdout} from './standard-streams.ts';

/** Prints what a rule demands, why, and what its rewrite does. */
export async function explain(args: readonly string[]): Promise<number> {
  const {positionals} = parseCall({args: [...args], allowPositionals: true});
  const [id, more] = positionals;
  if (id === undefined || more !== undefined) {
    throw new UsageError('explain takes one rule: `kube-harden explain no-host-port`');
  }
  const rule = findRule(id);
  if (rule === undefined) {
    const ids = rules.map(each => each.id);
    const hint = suggestion(id, ids) || `: the rules are ${ids.join(', ')}`;
    throw new UsageError(`"${id}" is no rule${hint}`);
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
    `references: ${referenceLines(rule.references).join('; ')}`,
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
