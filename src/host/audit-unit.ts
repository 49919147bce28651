import {UsageError} from '../errors.ts';
import type {Told} from '../harden.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import type {AuditCache} from './audit-cache.ts';
import type {HelmChoices} from './helm-options.ts';
import {type Concern, readRendering} from './read-target.ts';
import type {Chart} from './render-chart.ts';
import {holdingStderr} from './standard-streams.ts';
import {releasesOf, withFile} from './targets.ts';
import type {ChartPlace, Unit} from './unit.ts';
import type {UnitAudit, UnitFailure} from './unit-audit.ts';
import type {Skipped} from './walk.ts';

/** How units are audited. */
export interface Auditor {
  readonly helm: HelmChoices;
  readonly isOfConcern: Concern;
  readonly judge: (stream: ObjectStream) => {
    readonly told: Told;
    readonly judged: Iterable<string>;
  };
  readonly cache?: AuditCache | undefined;
  /** What `--values-matrix` names. */
  readonly matrix: readonly string[];
}

/** Audits a unit. What is wrong with it is in the result; nothing is written to stderr. */
export async function auditUnit(unit: Unit, auditor: Auditor): Promise<UnitAudit> {
  const {result, said} = await holdingStderr(() => {
    const {cache, matrix} = auditor;
    return unit.chart === undefined || (cache === undefined && matrix.length === 0)
      ? auditReleases(unit, auditor)
      : auditChart(unit, unit.chart, auditor);
  });
  return {...result, said: said + result.said};
}

/** As `auditUnit`, for a chart whose audit may be in the cache, or that is rendered several times. */
async function auditChart(unit: Unit, place: ChartPlace, auditor: Auditor): Promise<UnitAudit> {
  const {withChart} = await import('./render-chart.ts');
  const {helm, cache} = auditor;
  try {
    return await withChart(place, unit.name, helm, async chart => {
      const key = cache?.keyOf(unit, chart.path);
      const known = key === undefined ? undefined : cache?.read(key);
      if (known !== undefined) return known;
      const {result, said} = await holdingStderr(() => auditRenderings(unit, chart, auditor));
      const audit = {...result, said};
      const isWhole = audit.skipped.length + audit.failed.length === 0;
      if (key !== undefined && isWhole && !chart.hasFetched()) cache?.write(key, audit);
      return audit;
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return auditReleases(unit, auditor, () => Promise.reject(error));
  }
}

/** The audit of a chart under each set of values, as one. What fails under some hides nothing under others. */
async function auditRenderings(unit: Unit, chart: Chart, auditor: Auditor): Promise<UnitAudit> {
  const {helm, isOfConcern, matrix} = auditor;
  const audit = (args: readonly string[] = []) =>
    auditReleases(unit, auditor, async () =>
      readRendering(await chart.render(args), unit.name, helm, isOfConcern),
    );
  if (matrix.length === 0) return audit();
  const {valueSets} = await import('./values-matrix.ts');
  const {unitedTold} = await import('./under-values.ts');
  const audits: {readonly values: string; readonly audit: UnitAudit}[] = [];
  for (const {name, args} of await valueSets(matrix, chart, unit.name)) {
    audits.push({values: name, audit: await audit(args)});
  }
  const told = audits.flatMap(({values, audit}) => audit.told.map(each => ({values, told: each})));
  return {
    told: told.length === 0 ? [] : [unitedTold(told)],
    judged: [...new Set(audits.flatMap(({audit}) => audit.judged))],
    skipped: audits.flatMap(({values, audit}) =>
      audit.skipped.map(({file, reason}) => ({file, reason: `${under(values)}: ${reason}`})),
    ),
    failed: audits.flatMap(({values, audit}) =>
      audit.failed.map(({message, place}) => ({message: `${under(values)}: ${message}`, place})),
    ),
    said: '',
  };
}

const under = (values: string): string => `with the values ${values}`;

async function auditReleases(
  unit: Unit,
  {helm, isOfConcern, judge}: Auditor,
  read?: () => Promise<ObjectStream>,
): Promise<UnitAudit> {
  const told: Told[] = [];
  const judged = new Set<string>();
  const skipped: Skipped[] = [];
  const failed: UnitFailure[] = [];
  const fail = ({message, place}: UsageError) => failed.push({message, place});
  for await (const found of releasesOf(unit, helm, isOfConcern, read)) {
    if (found instanceof UsageError) fail(found);
    else if ('reason' in found) skipped.push(found);
    else {
      try {
        const result = judge(found.stream);
        told.push(result.told);
        for (const rule of result.judged) judged.add(rule);
      } catch (error) {
        fail(withFile(error, found.name));
      }
    }
  }
  return {told, judged: [...judged], skipped, failed, said: ''};
}
