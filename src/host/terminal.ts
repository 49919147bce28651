import {UsageError} from '../errors.ts';
import type {TableStyle} from '../report/table/style.ts';
import {requireOneOf} from './options.ts';

/** The options of commands that print a table, for `parseArgs` of node:util. */
export const tableOptions = {
  color: {type: 'string'},
  quiet: {type: 'boolean', short: 'q'},
  verbose: {type: 'boolean'},
} as const;

interface TableValues {
  readonly color?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * How to show a table on stdout: wrapped and colored on a terminal, as it is in pipes, files and logs.
 *
 * @throws {UsageError} if the options contradict each other, or the format is none that they shape
 */
export async function tableStyle(values: TableValues, format: string): Promise<TableStyle> {
  const {quiet = false, verbose = false} = values;
  if (quiet && verbose)
    throw new UsageError('--quiet and --verbose contradict each other: use one');
  if (verbose && format !== 'table') {
    throw new UsageError(`--verbose is for --format table, not for ${format}`);
  }
  const {isColored, width} = await screenOf(values.color);
  return {isColored, width, detail: quiet ? 'quiet' : verbose ? 'verbose' : 'normal'};
}

/** What is wider is hard to read: the eye loses the line. */
const mostColumns = 160;

/**
 * Whether stdout takes colors, and its columns: infinite if it is no terminal. `NO_COLOR`: https://no-color.org.
 *
 * @throws {UsageError} if `color` is none of auto, always and never
 */
export async function screenOf(
  color: string | undefined,
): Promise<Pick<TableStyle, 'isColored' | 'width'>> {
  const choice = requireOneOf('--color', color ?? 'auto', ['auto', 'always', 'never']);
  const {isatty} = await import('node:tty');
  const isTerminal = isatty(1);
  const isColored =
    choice === 'auto'
      ? isTerminal && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'
      : choice === 'always';
  const columns = isTerminal ? process.stdout.columns : 0;
  return {
    isColored,
    width: columns > 0 ? Math.min(columns, mostColumns) : Number.POSITIVE_INFINITY,
  };
}
