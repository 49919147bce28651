import {type Finding, titleOf} from '../findings/finding.ts';
import type {Told} from '../harden.ts';
import type {JsonMap} from '../json.ts';
import {safeText} from '../text/safe-text.ts';
import {stringify} from '../yaml/emit.ts';

/** The values that were proven together as a file for `helm --values`, with comments on what to check first. */
export function valuesFile({findings}: Told, values: JsonMap): string {
  const proven = findings.filter(each => each.values?.outcome === 'proven');
  const comments = [
    `Values that clear ${proven.length} of ${findings.length} findings of kube-harden audit: proven by rendering the chart with them.`,
    ...unsure(proven),
    ...changes(proven),
  ];
  const body = Object.keys(values).length === 0 ? '{}\n' : stringify(values);
  return `${comments.map(line => `# ${line}\n`).join('')}${body}`;
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
