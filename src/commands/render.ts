import {readFileSync} from 'node:fs';
import {UsageError} from '../errors.ts';
import {hardenStream} from '../harden.ts';
import type {Json} from '../json.ts';
import type {PolicyChoices} from '../policy/resolve.ts';
import {counts, type Finding} from '../report/finding.ts';
import {formats} from '../report/formats.ts';
import {titleOf, toSummary} from '../report/text.ts';
import {LineIndex} from '../stream/lines.ts';
import {type ManifestStream, readStream} from '../stream/manifest-stream.ts';
import {locate} from '../yaml/locate.ts';
import {decodeInput} from './input.ts';
import {
  parseCall,
  policyOf,
  requireOneOf,
  requireReportFile,
  sharedOptions,
  thresholdOf,
  today,
  writeReportFile,
} from './options.ts';
import {RefusedError} from './refused.ts';
import {readStdin, writeStderr, writeStdout} from './standard-streams.ts';

/**
 * Hardens stdin, or a file, to stdout. The summary, or the report in `--format`, goes to stderr.
 *
 * @throws {UsageError} where input, policy or call cannot be used
 * @throws {RefusedError} where findings at or above `--block-on` remain; stdout stays empty
 */
export async function render(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {...sharedOptions, 'block-on': {type: 'string'}},
  });
  const format = values.format ?? 'summary';
  requireOneOf('--format', format, ['summary', ...Object.keys(formats)]);
  const reportFile = requireReportFile(values['report-file']);
  const blockOn = thresholdOf('--block-on', values['block-on']);

  const stream = await readInput(positionals);
  const base = await functionChoices(stream);
  const policy = await policyOf(values, blockOn === undefined ? {} : {blockOn}, base);
  const {text: hardened, ...result} = hardenStream(stream, policy, today());

  const blocking = result.findings.filter(finding => counts(finding, policy.blockOn));
  const refusal = blocking.length === 0 ? {} : {refusal: reasonOf(blocking)};
  writeReportFile(reportFile, {...result, policy, ...refusal});
  const write = format === 'summary' ? toSummary : formats[format];
  await writeStderr(write?.({...result, policy}) ?? '');
  if (refusal.refusal !== undefined) throw new RefusedError(refusal.refusal);
  await writeStdout(hardened);
  return 0;
}

async function readInput([file = '-', more]: readonly string[]): Promise<ManifestStream> {
  if (more !== undefined) throw new UsageError('render takes one file, or stdin');
  if (file === '-') return readStream(decodeInput(await readStdin(), '<stdin>'), '<stdin>');
  try {
    return readStream(decodeInput(readFileSync(file), file), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`it cannot be read: ${String(error)}`, {file}, {cause: error});
  }
}

const reasonOf = (blocking: readonly Finding[]): string => {
  const reasons = blocking.map(finding => `${finding.rule} in ${titleOf(finding)}`);
  return [...new Set(reasons)].join('; ');
};

/**
 * The policy in a ResourceList's functionConfig; undefined where there is none.
 *
 * @throws {UsageError} where the functionConfig is not ours, or a key in it is wrong
 */
async function functionChoices(stream: ManifestStream): Promise<PolicyChoices | undefined> {
  const config = stream.resourceList?.['functionConfig'] as Json | undefined;
  const [document] = stream.documents;
  if (config === undefined || config === null || document === undefined) return undefined;
  const {parseFunctionConfig} = await import('../policy/function-config.ts');
  const lines = new LineIndex(stream.text);
  return parseFunctionConfig(
    JSON.parse(JSON.stringify(config)),
    `${stream.file}, functionConfig`,
    path => lines.at(locate(document, ['functionConfig', ...path])).line,
  );
}
