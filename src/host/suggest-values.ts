import {UsageError} from '../errors.ts';
import type {ValueAdvice} from '../findings/value-advice.ts';
import type {Told} from '../harden.ts';
import type {ProvenTogether} from '../report/values-file.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import type {HelmChoices} from './helm-options.ts';
import type {Judging} from './prove-values.ts';
import type {Unit} from './unit.ts';

/** What was audited, and what was found. */
export interface AuditedStream {
  readonly stream: ObjectStream;
  /** Absent if it is no part of the targets. */
  readonly unit?: Unit | undefined;
  readonly told: Told;
}

/** The findings with advice, and the values that were proven for the chart, if it is one. */
export interface Advised {
  readonly told: Told;
  readonly proven?: ProvenTogether;
}

/**
 * The findings in a stream; if it is a chart, with the values that clear each.
 *
 * @throws {UsageError} if the chart does not render again
 */
export async function withValues(
  {stream, unit, told}: AuditedStream,
  helm: HelmChoices,
  judging: Judging,
): Promise<Advised> {
  if (unit?.chart === undefined) return {told};
  const {proveChart} = await import('./prove-values.ts');
  const {withChart} = await import('./render-chart.ts');
  const {advice, ...proven} = await withChart(unit.chart, unit.name, helm, chart =>
    proveChart(unit.name, chart, stream, helm, judging),
  );
  return {told: advised(told, advice), proven};
}

/** What is told, with advice on what is left to do. */
function advised({findings, ...told}: Told, advice: readonly ValueAdvice[]): Told {
  return {
    ...told,
    findings: findings.map((finding, index) => {
      const values = finding.status === 'flagged' ? advice[index] : undefined;
      return values === undefined ? finding : {...finding, values};
    }),
  };
}

/**
 * Writes the values that were proven, with what to know about them.
 *
 * @throws {UsageError} if there is not one chart, or the file cannot be written
 */
export async function writeValues(file: string, all: readonly Advised[]): Promise<void> {
  const [chart, more] = all.filter(({proven}) => proven !== undefined);
  if (chart?.proven === undefined || more !== undefined) {
    throw new UsageError(
      '--suggest-values=FILE takes one chart: for several, use --suggest-values, which only tells the values',
    );
  }
  const {valuesFile} = await import('../report/values-file.ts');
  const {replaceFile} = await import('./replace-file.ts');
  replaceFile(file, valuesFile(chart.told, chart.proven), 'the values file');
}
