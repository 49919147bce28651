import {parseArgs} from 'node:util';
import {hardenStream} from '../harden.ts';
import {asMap, type Json} from '../json.ts';
import type {PolicyChoices} from '../policy/resolve.ts';
import {counts, type Finding} from '../report/finding.ts';
import {formats} from '../report/formats.ts';
import {titleOf, toSummary} from '../report/text.ts';
import {LineIndex} from '../stream/lines.ts';
import {type ManifestStream, readStream} from '../stream/manifest-stream.ts';
import {locate} from '../yaml/locate.ts';
import {decodeInput, readStdin, writeStdout} from './input.ts';
import {
  policyOf,
  requireOneOf,
  sharedOptions,
  thresholdOf,
  today,
  writeReportFile,
} from './options.ts';
import {RefusedError} from './refused.ts';

/**
 * Hardens stdin to stdout. The summary, or the report in `--format`, goes to stderr.
 *
 * @throws {UsageError} where input, policy or call cannot be used
 * @throws {RefusedError} where findings at or above `--block-on` remain; stdout stays empty
 */
export async function render(args: readonly string[]): Promise<number> {
  const {values} = parseArgs({
    args: [...args],
    options: {...sharedOptions, 'block-on': {type: 'string'}},
  });
  const format = values.format ?? 'summary';
  requireOneOf('--format', format, ['summary', ...Object.keys(formats)]);
  const blockOn = thresholdOf('--block-on', values['block-on']);

  const text = decodeInput(await readStdin(), '<stdin>');
  const stream = readStream(text, '<stdin>');
  const base = await functionChoices(stream);
  const policy = await policyOf(values, blockOn === undefined ? {} : {blockOn}, base);
  const {text: hardened, ...result} = hardenStream(stream, policy, today());

  const report = {...result, policy};
  await writeReportFile(values['report-file'], report);
  process.stderr.write(
    format === 'summary' ? toSummary(report) : (formats[format]?.(report) ?? ''),
  );
  const blocking = result.findings.filter(finding => counts(finding, policy.blockOn));
  if (blocking.length > 0) throw new RefusedError(reasonOf(blocking));
  await writeStdout(hardened);
  return 0;
}

const reasonOf = (blocking: readonly Finding[]): string => {
  const reasons = blocking.map(finding => `${finding.rule} in ${titleOf(finding)}`);
  return [...new Set(reasons)].join('; ');
};

/** The policy in a ResourceList's functionConfig; undefined where there is none. */
async function functionChoices(stream: ManifestStream): Promise<PolicyChoices | undefined> {
  const spec = asMap(stream.resourceList?.['functionConfig'] as Json | undefined)?.['spec'];
  const [document] = stream.documents;
  if (spec === undefined || document === undefined) return undefined;
  const {parsePolicy} = await import('../policy/schema.ts');
  const lines = new LineIndex(stream.text);
  return parsePolicy(
    JSON.parse(JSON.stringify(spec)),
    stream.file,
    path => lines.at(locate(document, ['functionConfig', 'spec', ...path])).line,
  );
}
