import {textOf} from '../json.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {StaleException} from '../policy/exceptions.ts';
import type {Exception, Exposure, Policy} from '../policy/policy.ts';
import {findRule} from '../rules/index.ts';
import type {Fact} from './posture.ts';

/** The entries of `policy` that allow something in a stream, one for each rule; `stale` ones do not. */
export function exceptionFacts(
  {exceptions, exposed}: Pick<Policy, 'exceptions' | 'exposed'>,
  stale: readonly StaleException[],
  names: StableNames,
): readonly Fact[] {
  const useless = new Set(stale.map(({exception}) => exception));
  const entries: readonly (Exception | Exposure)[] = [...exceptions, ...exposed];
  return entries
    .filter(entry => !useless.has(entry))
    .flatMap((entry): readonly Fact[] => {
      const where = `for ${matchText(entry, names)}${endOf(entry)}`;
      if (!('rules' in entry)) return [{text: `exposed ${where}`, severity: 'high'}];
      return entry.rules.map(rule => ({
        text: `${rule} ${where}`,
        severity: findRule(rule)?.severity ?? 'high',
      }));
    });
}

function matchText({match}: Exception | Exposure, names: StableNames): string {
  const fields = Object.entries(match).map(
    ([key, value]) => `${key}=${names.within(textOf(value))}`,
  );
  return fields.length === 0 ? 'every object' : fields.join(', ');
}

const endOf = ({expires}: Exception | Exposure): string =>
  expires === undefined ? '' : ` until ${expires}`;
