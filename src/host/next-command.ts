import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {type Finding, isOpen, isUndecided} from '../findings/finding.ts';
import {remediesOf} from '../report/remedies.ts';
import type {Report} from '../report/report.ts';
import {safeText} from '../text/safe-text.ts';
import {type HelmValues, helmCallOptions, helmChoices} from './helm-options.ts';
import {isAddress} from './read-target.ts';

/** What an audit was called with. */
interface AuditCall {
  readonly targets: readonly string[];
  readonly values: HelmValues & {
    readonly config?: string | undefined;
    readonly profile?: readonly string[] | undefined;
    readonly 'pod-security-version'?: string | undefined;
    readonly crds?: readonly string[] | undefined;
  };
}

/**
 * The command that goes on from an audit: it reads what findings wait for, decides what waits, rewrites what can be rewritten, or explains what is
 * for the user to mend. Undefined if nothing is left to do.
 */
export function nextCommand(
  {findings, notes}: Pick<Report, 'findings' | 'notes'>,
  call: AuditCall,
): string | undefined {
  const open = findings.filter(isOpen);
  const has = (disposition: Finding['disposition']) =>
    open.some(finding => finding.disposition === disposition);
  const settling = settlingCommand(open, call);
  if (settling !== undefined) return settling;
  const isWaiting = has('waits') || notes.some(isUndecided);
  const next = isWaiting ? decision(call) : has('would-fix') ? rewriting(call) : undefined;
  if (next !== undefined) return next;
  const [worst] = remediesOf({findings}).keys();
  return worst === undefined ? undefined : `kube-harden explain ${worst}`;
}

/**
 * The command that reads what `findings` wait for: as which user images run. Undefined if none waits for that, or for a
 * cluster, which has no targets.
 */
export function settlingCommand(findings: readonly Finding[], call: AuditCall): string | undefined {
  const commands = new Set(findings.flatMap(({settledBy}) => settledBy ?? []));
  if (commands.size === 0 || call.targets.length === 0) return undefined;
  const passwd = commands.has('images --passwd') ? ['--passwd'] : [];
  const words = [...policyWords(call), ...helmWords(call)];
  return written(['kube-harden', 'images', ...passwd, ...words], call);
}

/** Undefined for a cluster, which has no targets. */
function decision(call: AuditCall): string | undefined {
  if (call.targets.length === 0) return undefined;
  const how = call.targets.includes('-') ? '--print' : '--interactive';
  return written(['kube-harden', 'decide', how, ...policyWords(call), ...helmWords(call)], call);
}

function rewriting(call: AuditCall): string | undefined {
  const [target, more] = call.targets;
  if (target === undefined) return undefined;
  const policy = policyWords(call);
  if (more !== undefined || (isFolder(target) && !isChartFolder(target))) {
    return written(['kube-harden', 'patches', ...policy, ...helmWords(call)], call);
  }
  if (!isChart(target)) return written(['kube-harden', 'render', ...policy], call);
  const {release, args, repo} = helmChoices(call.values);
  const flags = ['dependency-update', 'plain-http'] as const;
  const options = [
    ...args,
    ...optionWords('repo', repo),
    ...flags.flatMap(name => optionWords(name, call.values[name])),
  ];
  const template = written(['helm', 'template', ...options], {targets: [release, target]});
  const harden = written(['kube-harden', ...policy], {targets: []});
  return template === undefined || harden === undefined ? undefined : `${template} | ${harden}`;
}

const policyWords = ({values}: AuditCall): readonly string[] => [
  ...optionWords('config', values.config),
  ...optionWords('profile', values.profile),
  ...optionWords('pod-security-version', values['pod-security-version']),
  ...optionWords('crds', values.crds),
];

const helmWords = ({values}: AuditCall): readonly string[] =>
  Object.keys(helmCallOptions).flatMap(name =>
    optionWords(name, values[name as keyof typeof helmCallOptions]),
  );

function optionWords(
  name: string,
  value: string | boolean | readonly string[] = [],
): readonly string[] {
  if (typeof value === 'boolean') return value ? [`--${name}`] : [];
  return [value].flat().map(each => `--${name}=${each}`);
}

/** A command line for a POSIX shell; undefined if it would contain what nobody can see. */
function written(
  words: readonly string[],
  {targets}: Pick<AuditCall, 'targets'>,
): string | undefined {
  const dashes = targets.some(target => /^-./.test(target)) ? ['--'] : [];
  const all = [...words, ...dashes, ...targets];
  return all.every(word => safeText(word) === word) ? all.map(quoted).join(' ') : undefined;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const isChartFolder = (target: string): boolean => existsSync(path.join(target, 'Chart.yaml'));

const isFolder = (target: string): boolean =>
  statSync(target, {throwIfNoEntry: false})?.isDirectory() === true;

/** A name that is no file is that of a chart in a repository. */
const isChart = (target: string): boolean =>
  isAddress(target) ||
  /\.(?:tgz|tar\.gz)$/.test(target) ||
  isChartFolder(target) ||
  (target !== '-' && !existsSync(target));
