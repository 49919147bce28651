import path from 'node:path';
import {UsageError} from '../errors.ts';
import {formatByEnding, formatOfFile, type ReportFormat, reportFormats} from '../report/files.ts';
import type {Report} from '../report/report.ts';
import {suggestion} from '../text/suggest.ts';
import {replaceFile} from './replace-file.ts';

/** The options for report files, for `parseArgs` of node:util. `report-file` is the older name. */
export const reportFileOptions = {
  report: {type: 'string', multiple: true},
  'report-file': {type: 'string', multiple: true},
} as const;

interface ReportFileValues {
  readonly report?: readonly string[] | undefined;
  readonly 'report-file'?: readonly string[] | undefined;
}

/** A file to write, and its format. */
export interface ReportFile {
  readonly file: string;
  readonly format: ReportFormat;
}

/**
 * The files that a call asks for: `FORMAT=FILE`, or a file whose ending names the format.
 *
 * @throws {UsageError} if a format is unknown, or a file is named twice
 */
export function reportFilesOf(values: ReportFileValues): readonly ReportFile[] {
  const files = [...(values.report ?? []), ...(values['report-file'] ?? [])].map(reportFile);
  const names = new Set<string>();
  for (const {file} of files) {
    const place = path.resolve(file);
    if (names.has(place)) throw new UsageError(`--report names a file twice: ${file}`);
    names.add(place);
  }
  return files;
}

function reportFile(text: string): ReportFile {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0));
  if (isFormat(name)) {
    const file = text.slice(at + 1);
    if (file === '') throw new UsageError(`--report ${name}= must name a file`);
    return {file, format: name};
  }
  const format = formatOfFile(text);
  if (format !== undefined) return {file: text, format};
  const ending = path.extname(text);
  const hint =
    suggestion(name, Object.keys(reportFormats)) || suggestion(ending, Object.keys(formatByEnding));
  throw new UsageError(
    `--report must be FORMAT=FILE, or a file whose ending is one of ${Object.keys(formatByEnding).join(', ')}, not "${text}"${hint || `: the formats are ${Object.keys(reportFormats).join(', ')}`}`,
  );
}

const isFormat = (name: string): name is ReportFormat => Object.hasOwn(reportFormats, name);

/**
 * Writes each file, in its format: completely, or not at all.
 *
 * @throws {UsageError} if a file cannot be written
 */
export async function writeReportFiles(
  files: readonly ReportFile[],
  report: Report,
): Promise<void> {
  for (const {file, format} of files) {
    const write = await reportFormats[format]();
    replaceFile(file, write(report), 'the report');
  }
}
