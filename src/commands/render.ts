import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {concernOf} from '../check/concern.ts';
import {UsageError} from '../errors.ts';
import {refusalOf} from '../findings/refusal.ts';
import {hardenStream} from '../harden.ts';
import {decodeInput} from '../host/input.ts';
import {optimizeLater} from '../host/optimize-later.ts';
import {
  type GivenPolicy,
  layeredPolicy,
  parseCall,
  requireNamespace,
  requireOneOf,
  sharedOptions,
  today,
} from '../host/options.ts';
import {RefusedError} from '../host/refused.ts';
import {reportFilesOf, writeReportFiles} from '../host/report-files.ts';
import {readStdin, writeStderr, writeStdout} from '../host/standard-streams.ts';
import type {Path} from '../json.ts';
import {formats} from '../report/formats.ts';
import type {Paint} from '../report/table/style.ts';
import {toSummary} from '../report/text.ts';
import {placedIn} from '../stream/join.ts';
import {LineIndex} from '../stream/lines.ts';
import {type ManifestStream, readResourceList, readStream} from '../stream/manifest-stream.ts';
import {beginsAsResourceList} from '../stream/resource-list.ts';
import {editedText} from '../text/text-edit.ts';
import {locate} from '../yaml/locate.ts';

/**
 * Hardens stdin, or a file, to stdout; with `--diff`, what that changes goes to stdout instead. The summary, or the report in `--format`, goes to stderr.
 *
 * @throws {UsageError} if input, policy or command line is invalid
 * @throws {RefusedError} if findings at or above `--block-on` remain, or undecided findings refuse
 * the stream; stdout stays empty
 */
export async function render(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...sharedOptions,
      'block-on': {type: 'string'},
      namespace: {type: 'string', short: 'n'},
      diff: {type: 'boolean'},
      color: {type: 'string'},
    },
  });
  const {namespace} = values;
  if (namespace !== undefined) requireNamespace(namespace);
  const format = values.format ?? 'summary';
  requireOneOf('--format', format, ['summary', ...Object.keys(formats)]);
  const reportFiles = reportFilesOf(values);
  const paint = values.diff === true ? await paintOfDiff(values.color) : undefined;

  const {text, file} = await readInput(positionals);
  optimizeLater(text.length);
  const resourceList = await functionInput(text, file);
  const given = await functionConfigOf(resourceList);
  const {policy, ignored} = await layeredPolicy(values, {given});
  const read = resourceList ?? readStream(text, file, concernOf(policy));
  const stream = namespace === undefined ? read : placedIn(read, {namespace});
  const {edits, ...result} = hardenStream(stream, policy, today());

  const refusal = refusalOf(result, policy);
  const refused = refusal === undefined ? {} : {refusal};
  const report = {
    ...result,
    policy,
    ignoredPolicies: ignored,
    workingDirectory: process.cwd(),
    ...refused,
  };
  await writeReportFiles(reportFiles, report);
  const write = format === 'summary' ? toSummary : formats[format];
  await writeStderr(write?.(report) ?? '');
  if (refusal !== undefined) throw new RefusedError(refusal);
  if (paint !== undefined) {
    const {toDiff} = await import('../report/stream-diff.ts');
    await writeStdout(toDiff(stream, edits, paint));
    return 0;
  }
  const hardened = editedText(text, edits);
  await writeStdout(/\S/.test(hardened) ? hardened : await nothingToPrint(hardened));
  return 0;
}

/** @throws {UsageError} if a tool would take the diff for manifests, or `color` is no choice */
async function paintOfDiff(color: string | undefined): Promise<Paint> {
  const {isRunByTool} = await import('../host/caller.ts');
  if (isRunByTool()) throw new UsageError(noDiff);
  const {screenOf} = await import('../host/terminal.ts');
  const {paintOf} = await import('../report/table/style.ts');
  return paintOf(await screenOf(color));
}

const noDiff =
  '--diff prints no manifests, so it cannot be used where Helm, kustomize or kpt takes the output: pipe `helm template` into it';

/**
 * Helm 4 treats empty output as a failure, even if a chart renders nothing. A comment is not empty
 * output.
 */
async function nothingToPrint(blank: string): Promise<string> {
  const {isHelm4} = await import('../host/caller.ts');
  return isHelm4() ? '# kube-harden: the chart renders no objects\n' : blank;
}

interface Input {
  readonly text: string;
  /** The name of the input in findings and errors. */
  readonly file: string;
}

async function readInput([file = '-', more]: readonly string[]): Promise<Input> {
  if (more !== undefined) throw new UsageError('render takes one file, or stdin');
  if (file === '-') return {text: decodeInput(await readStdin(), '<stdin>'), file: '<stdin>'};
  try {
    return {text: decodeInput(readFileSync(file), file), file};
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    throw new UsageError(whyUnread(file, code), {file}, {cause: error});
  }
}

function whyUnread(file: string, code: string | undefined): string {
  if (code === 'ENOENT') return 'the file does not exist';
  if (code !== 'EISDIR') return `it cannot be read (${code})`;
  const isChart = existsSync(path.join(file, 'Chart.yaml'));
  const build = isChart ? 'helm template' : 'kustomize build';
  return `it is a folder: use \`${build} ${file} | kube-harden\`, or \`kube-harden audit ${file}\``;
}

/**
 * The ResourceList that is passed to a function; undefined for manifests, and for anything that
 * Helm sends.
 */
async function functionInput(text: string, file: string): Promise<ManifestStream | undefined> {
  if (!beginsAsResourceList(text)) return undefined;
  const {caller} = await import('../host/caller.ts');
  return caller() === 'helm' ? undefined : readResourceList(text, file);
}

/**
 * The policy in the functionConfig of a ResourceList, if there is one.
 *
 * @throws {UsageError} if the functionConfig is not ours, or a key in it is wrong
 */
async function functionConfigOf(
  stream: ManifestStream | undefined,
): Promise<GivenPolicy | undefined> {
  const config = stream?.resourceList?.['functionConfig'];
  const [document] = stream?.documents ?? [];
  if (config === undefined || config === null || document === undefined) return undefined;
  const {caller} = await import('../host/caller.ts');
  const {parseFunctionConfig} = await import('../config/function-config.ts');
  const isTrusted = caller() === 'kustomize';
  const lines = new LineIndex(document.text);
  const placeOf = (keys: Path) => lines.at(locate(document, ['functionConfig', ...keys]));
  const file = `${stream?.file}, functionConfig`;
  // What kustomize sends has other lines than the file that the user wrote.
  const layer = parseFunctionConfig(
    JSON.parse(JSON.stringify(config)),
    file,
    isTrusted ? () => undefined : placeOf,
  );
  if (layer === undefined) return undefined;
  return {layer, place: isTrusted ? {file} : {file, ...placeOf([])}, isTrusted};
}
