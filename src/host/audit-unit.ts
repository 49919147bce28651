import {UsageError} from '../errors.ts';
import type {Told} from '../harden.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import type {AuditCache} from './audit-cache.ts';
import type {HelmChoices} from './helm-options.ts';
import {type Concern, readRendering} from './read-target.ts';
import {holdingStderr} from './standard-streams.ts';
import {releasesOf, withFile} from './targets.ts';
import type {Unit} from './unit.ts';
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
}

/** Audits a unit. What is wrong with it is in the result; nothing is written to stderr. */
export async function auditUnit(unit: Unit, auditor: Auditor): Promise<UnitAudit> {
  const {result, said} = await holdingStderr(() => {
    const {cache} = auditor;
    return cache === undefined || unit.chart === undefined
      ? auditReleases(unit, auditor)
      : auditCached(unit, auditor, cache);
  });
  return {...result, said: said + result.said};
}

/** As `auditUnit`, for a chart whose audit may be in the cache. */
async function auditCached(unit: Unit, auditor: Auditor, cache: AuditCache): Promise<UnitAudit> {
  const {withChart} = await import('./render-chart.ts');
  const {name, chart: place} = unit;
  const {helm, isOfConcern} = auditor;
  if (place === undefined) return auditReleases(unit, auditor);
  try {
    return await withChart(place, name, helm, async chart => {
      const key = cache.keyOf(unit, chart.path);
      const known = key === undefined ? undefined : cache.read(key);
      if (known !== undefined) return known;
      const {result, said} = await holdingStderr(() =>
        auditReleases(unit, auditor, async () =>
          readRendering(await chart.render(), name, helm, isOfConcern),
        ),
      );
      const audit = {...result, said};
      const isWhole = audit.skipped.length + audit.failed.length === 0;
      if (key !== undefined && isWhole && !chart.hasFetched()) cache.write(key, audit);
      return audit;
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return auditReleases(unit, auditor, () => Promise.reject(error));
  }
}

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
