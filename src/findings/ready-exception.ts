import type {Verdict} from '../check/verdict.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Exception} from '../policy/policy.ts';
import {safeText} from '../text/safe-text.ts';
import type {Finding} from './finding.ts';

/**
 * The exception that allows what `verdict` found in that object alone, or nothing where a name
 * would be a pattern that means others as well.
 */
export function readyException(
  {rule, violation, evidence}: Pick<Verdict, 'rule' | 'violation' | 'evidence'>,
  {kind, namespace, name}: Resource,
): {readonly exception?: Exception} {
  const {container} = violation;
  const match = {
    kind,
    ...(namespace === undefined ? {} : {namespace}),
    name,
    ...(container === undefined ? {} : {container}),
  };
  if (Object.values(match).some(text => text === '' || text.includes('*'))) return {};
  const doubts = violation.doubt === undefined ? [] : [`not known: ${violation.doubt}`];
  return {exception: {rules: [rule.id], match, reason: [...evidence, ...doubts].join('; ')}};
}

/** What speaks against the rewrite of a finding, to follow its message. */
export const evidenceText = ({evidence = [], doubt}: Finding): string =>
  [
    evidence.length === 0 ? '' : ` (evidence of need: ${evidence.join('; ')})`,
    doubt === undefined ? '' : ` (not known: ${doubt})`,
  ].join('');

/**
 * The policy's key `exceptions` with those of all rewrites that wait, one for each object and
 * container, or no lines where there are none. Names are quoted and escaped.
 */
export function exceptionLines(findings: readonly Finding[]): readonly string[] {
  const groups = new Map<string, Exception[]>();
  for (const {exception} of findings) {
    if (exception === undefined) continue;
    const key = JSON.stringify(exception.match);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [exception]);
    else group.push(exception);
  }
  if (groups.size === 0) return [];
  return ['exceptions:', ...[...groups.values()].flatMap(linesOf)];
}

function linesOf(group: readonly Exception[]): readonly string[] {
  const rules = new Set(group.flatMap(each => each.rules));
  const reasons = new Set(group.map(({reason}) => reason));
  const match = Object.entries(group[0]?.match ?? {}).map(
    ([key, text]) => `${key}: ${quoted(text)}`,
  );
  return [
    `  - rules: [${[...rules].join(', ')}]`,
    `    match: {${match.join(', ')}}`,
    `    reason: ${quoted([...reasons].join('; '))}`,
  ];
}

/** `text` as a quoted scalar, in which YAML and JSON know the same escapes. */
const quoted = (text: string): string => safeText(JSON.stringify(text));
