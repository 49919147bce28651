import {
  asPolicyFile,
  type EffectiveRule,
  type EffectiveValue,
  effectiveRules,
  effectiveValues,
} from '../config/effective.ts';
import {type Origin, originText, type PolicyLayer} from '../config/layers.ts';
import {toPointer} from '../json.ts';
import type {Policy} from '../policy/policy.ts';
import {safeJson, safeText} from '../text/safe-text.ts';
import {emitBlock, emitFlow, emitPair, plainLayout} from '../yaml/emit.ts';

type Formatter = (layers: readonly PolicyLayer[], policy: Policy) => string;

/** The formats of an effective policy, by their names in `--format`. */
export const effectiveFormats: Readonly<Record<string, Formatter>> = {
  yaml: (layers, policy) =>
    [
      ...valueLines(effectiveValues(layers, policy)),
      '# What this does about each rule:',
      ...ruleLines(effectiveRules(layers, policy)),
      '',
    ].join('\n'),
  json: (layers, policy) => {
    const values = effectiveValues(layers, policy);
    return safeJson({
      schemaVersion: 1,
      policy: asPolicyFile(values),
      origins: Object.fromEntries(
        values.map(({path, origin}) => [toPointer(path), origin ?? 'default']),
      ),
      rules: Object.fromEntries(
        effectiveRules(layers, policy).map(({id, mode, waits, origin}) => [
          id,
          {mode, waits, origin: origin ?? 'default'},
        ]),
      ),
    });
  },
};

/** A policy file with the origin of each value in a comment. */
function valueLines(values: readonly EffectiveValue[]): readonly string[] {
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const {path, value, origin} of values) {
    const holders = path.slice(0, -1).map(String);
    const same = holders.findIndex((name, depth) => name !== open[depth]);
    for (const [depth, name] of holders.entries()) {
      if (same !== -1 && depth >= same) lines.push(`${'  '.repeat(depth)}${name}:`);
    }
    open = holders;
    const indent = '  '.repeat(holders.length);
    const last = path.at(-1) ?? '';
    const text =
      typeof last === 'number'
        ? `- ${emitBlock(value, `${indent}  `, plainLayout)}`
        : `${emitPair(last, null, indent, plainLayout).replace(/null$/, '')}${emitFlow(value)}`;
    const [first = '', ...rest] = text.split('\n');
    lines.push(`${indent}${withComment(first, origin)}`, ...rest.map(safeText));
  }
  return lines;
}

const withComment = (line: string, origin: Origin | undefined): string =>
  `${safeText(line)}  # ${safeText(origin === undefined ? 'default' : originText(origin))}`;

function ruleLines(rules: readonly EffectiveRule[]): readonly string[] {
  const width = Math.max(...rules.map(({id}) => id.length));
  return rules.map(({id, mode, waits, origin}) => {
    const text = waits ? 'fix, or wait for a decision' : mode;
    return `#   ${id.padEnd(width)}  ${text.padEnd(27)}  ${safeText(origin === undefined ? 'default' : originText(origin))}`;
  });
}
