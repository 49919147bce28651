import {version} from '../version.ts';
import type {Command, Option} from './help-table.ts';

/** The manual page in the macros of man(7). */
export const manPage = (commands: readonly Command[]): string =>
  [
    `.TH KUBE-HARDEN 1 "" "kube-harden ${roff(version)}" "User Commands"`,
    '.SH NAME',
    'kube\\-harden \\- hardens Kubernetes manifests as they are rendered',
    '.SH SYNOPSIS',
    ...commands.flatMap(({call}, index) => [...(index === 0 ? [] : ['.br']), ...paragraph(call)]),
    '.SH DESCRIPTION',
    ...paragraph(
      'A post-renderer for Helm, a function for Kustomize, and an auditor. Without a command, kube-harden renders: it reads manifests from standard input and prints them hardened.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH EXIT STATUS',
    ...entry('0', 'Success.'),
    ...entry('1', 'Findings at or above the threshold, or the stream was refused.'),
    ...entry('2', 'Invalid input, policy or command line, or something could not be checked.'),
    '.SH FILES',
    ...entry(
      'kube-harden.yaml',
      'The policy; the nearest one in the working directory or above it.',
    ),
    '.SH SEE ALSO',
    '.BR helm (1),',
    '.BR kubectl (1),',
    '.BR kustomize (1)',
    '',
  ].join('\n');

const section = ({verb, summary, paragraphs, options}: Command): readonly string[] => [
  `.SS ${roff(verb)}`,
  ...paragraph(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`),
  ...paragraphs.flatMap(text => ['.PP', ...paragraph(text)]),
  ...options.flatMap(optionEntry),
];

function optionEntry({name, short, value, description}: Option): readonly string[] {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  const shown = names.map(each => `\\fB${roff(each)}\\fR`).join(', ');
  const argument = value === undefined ? '' : ` \\fI${roff(value)}\\fR`;
  return ['.TP', `${shown}${argument}`, ...paragraph(description || 'See its name.')];
}

const entry = (term: string, text: string): readonly string[] => [
  '.TP',
  `\\fB${roff(term)}\\fR`,
  ...paragraph(text),
];

/** A text on lines of its own: roff would take a dot at the start of one for a command. */
const paragraph = (text: string): readonly string[] =>
  roff(text)
    .split(/(?<=\.) (?=[A-Z])/)
    .map(line => line.replace(/^(?=[.'])/, '\\&'));

const roff = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...');
