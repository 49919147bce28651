import type {CheckedResource} from '../check/verdict.ts';
import {pathWithoutHoles} from '../edits.ts';
import {isList, isMap, type Json, type JsonMap, type Path, toPointer} from '../json.ts';
import {safeText} from '../text/safe-text.ts';
import {evidenceText} from './allowances.ts';
import type {Finding} from './finding.ts';

/**
 * The findings of each object as items of a ResourceList's `results`, which kpt shows: see the KRM
 * Functions Specification, v1. A finding that was fixed or excepted is informational; one that
 * remains is a warning, or an error from severity `high` on.
 *
 * Remaining findings refer to the list in the output, without values that contain others, which
 * other rewrites may change. So a second run reports the same.
 */
export const resultsIn = (
  checked: readonly CheckedResource[],
  findings: readonly (readonly Finding[])[],
): readonly Json[] =>
  checked.flatMap(({hardened, verdicts}, object) =>
    (findings[object] ?? [])
      .map((finding, index) =>
        asItGoesOut(finding, verdicts[index]?.violation.path ?? [], hardened),
      )
      .filter(({status}) => status !== 'noted')
      .map(toResult),
  );

function asItGoesOut(finding: Finding, path: Path, hardened: JsonMap): Finding {
  if (finding.status === 'fixed') return finding;
  const {before, ...rest} = finding;
  return {
    ...rest,
    path: toPointer(pathWithoutHoles(hardened, path)),
    ...(before === undefined || isList(before) || isMap(before) ? {} : {before}),
  };
}

function toResult(finding: Finding): Json {
  const {resource, source} = finding;
  return {
    message: safeText(`${finding.rule}: ${finding.message}${evidenceText(finding)}`),
    severity: severityOf(finding),
    resourceRef: {
      apiVersion: resource.apiVersion,
      kind: resource.kind,
      name: resource.name,
      ...(resource.namespace === undefined ? {} : {namespace: resource.namespace}),
    },
    field: {
      path: finding.path,
      ...(finding.before === undefined ? {} : {currentValue: finding.before}),
      ...(finding.after === undefined ? {} : {proposedValue: finding.after}),
    },
    ...(source.template === undefined ? {} : {file: {path: source.template}}),
    tags: {
      rule: finding.rule,
      status: finding.status,
      disposition: finding.disposition,
      severity: finding.severity,
    },
  };
}

function severityOf({status, severity}: Finding): 'info' | 'warning' | 'error' {
  if (status !== 'flagged') return 'info';
  return severity === 'high' || severity === 'critical' ? 'error' : 'warning';
}
