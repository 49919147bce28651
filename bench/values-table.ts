import type {Finding} from '../src/findings/finding.ts';
import type {ValueOutcome} from '../src/findings/value-advice.ts';
import type {Run} from './measure.ts';

/** What an audit of a chart said, and what it cost. */
export interface ChartResult {
  readonly name: string;
  readonly run: Run;
  readonly findings: readonly Finding[];
}

const outcomes: readonly ValueOutcome[] = [
  'proven',
  'choose',
  'wider',
  'removes',
  'none',
  'untried',
];

/** The rules about fields of security contexts. */
const ofContexts: ReadonlySet<string> = new Set([
  'drop-all-capabilities',
  'no-custom-selinux',
  'no-extra-capabilities',
  'no-privilege-escalation',
  'no-privileged',
  'no-root',
  'no-root-group',
  'no-root-user',
  'no-sys-admin',
  'no-unmasked-proc',
  'read-only-root',
  'require-seccomp',
]);

/** The results as tables: the outcomes by rule, and the CPU time of a chart. */
export function tableOfValues(all: readonly ChartResult[]): string {
  const results = all.filter(({run}) => run.outcome === 'ok');
  const findings = results.flatMap(each => each.findings);
  const rules = [...new Set(findings.map(({rule}) => rule))].sort();
  const withFindings = results.filter(each => each.findings.length > 0);
  const seconds = withFindings.map(({run}) => run.cpuSeconds).sort((a, b) => a - b);
  return [
    `${results.length} charts, ${withFindings.length} with findings; CPU time of those with findings: median ${at(seconds, 0.5)} s, 90th percentile ${at(seconds, 0.9)} s, highest ${at(seconds, 1)} s`,
    ...all.filter(({run}) => run.outcome !== 'ok').map(({name, run}) => `${name}: ${run.outcome}`),
    '',
    `| rule | findings | ${outcomes.join(' | ')} | proven, % |`,
    `|---|---:|${outcomes.map(() => '---:').join('|')}|---:|`,
    ...rules.map(rule =>
      row(
        rule,
        findings.filter(each => each.rule === rule),
      ),
    ),
    row(
      'security contexts',
      findings.filter(({rule}) => ofContexts.has(rule)),
    ),
    row('all', findings),
    '',
  ].join('\n');
}

function row(title: string, findings: readonly Finding[]): string {
  const counts = outcomes.map(
    outcome => findings.filter(({values}) => values?.outcome === outcome).length,
  );
  const percent =
    findings.length === 0 ? 0 : Math.floor((100 * (counts[0] ?? 0)) / findings.length);
  return `| ${[title, findings.length, ...counts, percent].join(' | ')} |`;
}

/** The value at a share of a sorted list. */
const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
