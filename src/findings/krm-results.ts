import type {Json} from '../json.ts';
import {safeText} from '../text/safe-text.ts';
import {evidenceText} from './allowances.ts';
import type {Finding} from './finding.ts';

/**
 * A finding as an item of a ResourceList's `results`, which kpt shows: see the KRM Functions
 * Specification, v1. A finding that was fixed or excepted is information; one that remains is a
 * warning, or an error from severity `high` on.
 */
export function toResult(finding: Finding): Json {
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
