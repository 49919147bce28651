import type {Severity} from '../../severity.ts';

/** How a table is shown. */
export interface TableStyle {
  /** The columns of the terminal; infinite where nothing is to be wrapped. */
  readonly width: number;
  readonly isColored: boolean;
  /** Only the summary; findings grouped by object and rule; or each finding with all that is known about it. */
  readonly detail: 'quiet' | 'normal' | 'verbose';
  /** The command that goes on from here. */
  readonly next?: string | undefined;
}

/** For pipes, files and logs. */
export const plainStyle: TableStyle = {
  width: Number.POSITIVE_INFINITY,
  isColored: false,
  detail: 'normal',
};

/** What is painted, by its role. */
export interface Paint {
  readonly title: (text: string) => string;
  readonly rule: (text: string) => string;
  readonly minor: (text: string) => string;
  readonly severity: (severity: Severity, text?: string) => string;
  readonly outcome: (outcome: string, text: string) => string;
  /** Where something is: the place before the lines of a diff. */
  readonly place: (text: string) => string;
  /** A line of a diff. */
  readonly diff: (line: string) => string;
}

/** Parameters of SGR, ECMA-48 8.3.117: the colours of the terminal's own theme. */
const codes = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  magenta: '35',
  cyan: '36',
  boldRed: '1;31',
} as const;

type Color = keyof typeof codes;

const severityColors: Readonly<Record<Severity, Color>> = {
  low: 'cyan',
  medium: 'yellow',
  high: 'red',
  critical: 'boldRed',
};

const outcomeColors: Readonly<Partial<Record<string, Color>>> = {
  fixed: 'green',
  'would-fix': 'green',
  waits: 'magenta',
  excepted: 'dim',
  known: 'dim',
};

/** The colours of a table, or none. */
export function paintOf({isColored}: Pick<TableStyle, 'isColored'>): Paint {
  const painted = (text: string, color: Color | undefined) =>
    isColored && color !== undefined ? `\u001b[${codes[color]}m${text}\u001b[0m` : text;
  return {
    title: text => painted(text, 'bold'),
    rule: text => painted(text, 'bold'),
    minor: text => painted(text, 'dim'),
    severity: (severity, text = severity) => painted(text, severityColors[severity]),
    outcome: (outcome, text) => painted(text, outcomeColors[outcome]),
    place: text => painted(text, 'cyan'),
    diff: line =>
      painted(line, line.startsWith('-') ? 'red' : line.startsWith('+') ? 'green' : undefined),
  };
}
