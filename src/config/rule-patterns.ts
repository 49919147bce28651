import {type Mode, modes} from '../policy/policy.ts';
import {isPattern, matches} from '../policy/selector.ts';
import {rules} from '../rules/index.ts';

/** The modes under `rules` as they are written: by ids and patterns. */
export type WrittenModes = Readonly<Record<string, Mode>>;

/**
 * The key under `rules` that decides about a rule: its id, or else the longest pattern that matches; of several as
 * long, the one with the strictest mode. The order of the keys does not count: JSON has none.
 */
export function decidingName(written: WrittenModes, id: string): string | undefined {
  if (Object.hasOwn(written, id)) return id;
  let best: string | undefined;
  for (const [name, mode] of Object.entries(written)) {
    if (!isPattern(name) || !matches(name, id)) continue;
    const isBetter =
      best === undefined ||
      name.length > best.length ||
      (name.length === best.length && modes.indexOf(mode) > modes.indexOf(written[best] ?? 'off'));
    if (isBetter) best = name;
  }
  return best;
}

/**
 * The modes by rule. A pattern makes rules without a rewrite flag, where others fix. Patterns and names with a slash
 * stay: only the whole policy tells which rules of its own there are, and `withOwnModes` replaces the patterns.
 */
export const modesByRule = (written: WrittenModes): Readonly<Record<string, Mode>> => ({
  ...Object.fromEntries(
    Object.entries(written).filter(([name]) => name.includes('/') || isPattern(name)),
  ),
  ...modesOfBuiltIn(written),
});

/** `modes`, from `modesByRule`, with those of the policy's own rules instead of patterns. */
export function withOwnModes(modes: WrittenModes, own: readonly string[]): WrittenModes {
  const named = Object.entries(modes).filter(([name]) => !isPattern(name));
  return Object.fromEntries([
    ...named,
    ...own.flatMap((id): (readonly [string, Mode])[] => {
      const name = decidingName(modes, id);
      const mode = name === undefined ? undefined : modes[name];
      if (mode === undefined) return [];
      return [[id, mode === 'fix' && name !== id ? 'flag' : mode]];
    }),
  ]);
}

const modesOfBuiltIn = (written: WrittenModes): Readonly<Record<string, Mode>> =>
  Object.fromEntries(
    rules.flatMap(({id, rewrite}): (readonly [string, Mode])[] => {
      const name = decidingName(written, id);
      const mode = name === undefined ? undefined : written[name];
      if (mode === undefined) return [];
      const isOnlyFlagged = mode === 'fix' && rewrite === undefined && name !== id;
      return [[id, isOnlyFlagged ? 'flag' : mode]];
    }),
  );
