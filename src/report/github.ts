import {type Finding, isOpen, titleOf} from '../findings/finding.ts';
import {type Severity, severities} from '../severity.ts';
import {safeText} from '../text/safe-text.ts';
import {filePlaceOf} from './place.ts';
import type {Report, Unjudged} from './report.ts';
import {closingLines, placeText, textOf} from './text.ts';

/**
 * The report as workflow commands, which GitHub Actions shows at the files of a change; the most
 * severe findings first, because it shows only some. What is fixed, excepted or known is left out.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function toGitHub(report: Report): string {
  const {findings, skipped = [], failed = []} = report;
  const open = severities
    .toReversed()
    .flatMap(severity => findings.filter(each => isOpen(each) && each.severity === severity));
  const {workingDirectory} = report;
  const commands = [
    ...[...failed, ...skipped].map(unjudgedCommand),
    ...open.map(finding => findingCommand(finding, workingDirectory)),
  ];
  return [
    ...commands.map(({text}) => text),
    ...limitLines(commands),
    ...closingLines(report),
    '',
  ].join('\n');
}

type Level = 'error' | 'warning' | 'notice';

interface Command {
  readonly level: Level;
  readonly text: string;
}

const levels: Readonly<Record<Severity, Level>> = {
  low: 'notice',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};

function findingCommand(finding: Finding, root: string | undefined): Command {
  const {rule, severity, source, remedy} = finding;
  const {file, line} = filePlaceOf(source, root);
  const isExact = source.isRendering === undefined;
  const place = {
    file,
    ...(line === undefined ? {} : {line}),
    ...(line === undefined || !isExact ? {} : {col: source.column}),
  };
  const message = `${titleOf(finding)}: ${safeText(`${textOf(finding)}${placeText(finding)}`)}`;
  return command(levels[severity], {...place, title: `${rule} (${severity})`}, [message, remedy]);
}

const unjudgedCommand = ({file, reason}: Unjudged): Command =>
  command('error', {file, title: 'kube-harden'}, [`not checked: ${safeText(reason)}`]);

/** A command with its properties, and a message of several lines. */
function command(
  level: Level,
  properties: Readonly<Record<string, string | number>>,
  message: readonly string[],
): Command {
  const pairs = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapedProperty(safeText(`${value}`))}`,
  );
  return {level, text: `::${level} ${pairs.join(',')}::${message.map(escaped).join('%0A')}`};
}

/** The runner's own escapes: `ActionCommand` in its source decodes them. */
const escaped = (text: string): string => text.replaceAll('%', '%25');

const escapedProperty = (text: string): string =>
  escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** The annotations of one level that GitHub keeps of a step. */
const mostShown = 10;

function limitLines(commands: readonly Command[]): readonly string[] {
  const levelsOver = (['error', 'warning', 'notice'] as const).filter(
    level => commands.filter(each => each.level === level).length > mostShown,
  );
  if (levelsOver.length === 0) return [];
  const some = levelsOver.map(level => `${level}s`).join(', ');
  return [
    `note: GitHub shows only the first ${mostShown} ${some} of a step at the files. All ${commands.length} are in this log.`,
  ];
}
