import {type Finding, titleOf} from '../findings/finding.ts';
import type {Told} from '../harden.ts';
import type {JsonMap} from '../json.ts';
import {safeText} from '../text/safe-text.ts';
import {stringify} from '../yaml/emit.ts';

/** The values that were proven together for a chart, and how many findings these clear. */
export interface ProvenTogether {
  readonly values: JsonMap;
  readonly cleared: number;
}

/** The values as a file for `helm --values`, with comments on what to check first. */
export function valuesFile({findings}: Told, {values, cleared}: ProvenTogether): string {
  const proven = findings.filter(each => each.values?.outcome === 'proven');
  const comments = [
    headOf(cleared, proven.length, findings.length),
    ...unsure(proven),
    ...changes(proven),
  ];
  const body = Object.keys(values).length === 0 ? '{}\n' : stringify(values);
  return `${comments.map(line => `# ${line}\n`).join('')}${body}`;
}

function headOf(cleared: number, proven: number, all: number): string {
  if (cleared === 0) {
    return `No value of the chart was proven to clear one of the ${all} findings of kube-harden audit: the post-renderer does, or the chart must change.`;
  }
  const head = `Values that clear ${cleared} of ${all} findings of kube-harden audit: proven by rendering the chart with them.`;
  return cleared < proven
    ? `${head} For ${proven - cleared} more, values were proven that do not go together with these.`
    : head;
}

/** What the values need to be true, but no manifest shows. */
const unsure = (findings: readonly Finding[]): readonly string[] =>
  unique(
    findings.flatMap(finding => {
      const reasons = [
        ...(finding.doubt === undefined ? [] : [`unknown ${finding.doubt}`]),
        ...(finding.evidence ?? []),
      ];
      return reasons.map(reason =>
        safeText(`Check first: ${titleOf(finding)}, ${finding.rule}: ${reason}`),
      );
    }),
  );

const changes = (findings: readonly Finding[]): readonly string[] =>
  unique(
    findings.flatMap(({values}) =>
      (values?.alsoChanges ?? []).map(change => safeText(`Also changes ${change}`)),
    ),
  );

const unique = (lines: readonly string[]): readonly string[] => [...new Set(lines)];
