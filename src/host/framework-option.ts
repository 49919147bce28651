import {UsageError} from '../errors.ts';
import {frameworks} from '../frameworks/frameworks.ts';
import {FrameworkGrouping} from '../frameworks/grouping.ts';
import {requireOneOf} from './options.ts';

const showing = ['table', 'json', 'markdown'];

/**
 * Groups by the frameworks that the user names.
 *
 * @throws {UsageError} if there is no such framework, or the format shows none
 */
export function groupingBy(names: readonly string[], format: string): FrameworkGrouping {
  const wanted = names.flatMap(list => list.split(','));
  const known = frameworks.map(({id}) => id);
  for (const name of wanted) requireOneOf('--framework', name, known);
  if (!showing.includes(format)) {
    throw new UsageError(`--framework needs --format table, json or markdown, not ${format}`);
  }
  return new FrameworkGrouping(frameworks.filter(({id}) => wanted.includes(id)));
}
