import {toGitHub} from './github.ts';
import {toGitLab} from './gitlab.ts';
import {toJson} from './json.ts';
import {toMarkdown} from './markdown.ts';
import {toOpenReports, toPolicyReports} from './objects.ts';
import type {Report} from './report.ts';
import {toSarif} from './sarif.ts';
import {toText} from './table/table.ts';

/** The report formats, by their names in `--format`. */
export const formats: Readonly<Record<string, (report: Report) => string>> = {
  table: report => toText(report),
  json: toJson,
  markdown: toMarkdown,
  sarif: toSarif,
  github: toGitHub,
  gitlab: toGitLab,
};

/** Those of an audit, which can also be objects for a cluster. */
export const auditFormats: Readonly<Record<string, (report: Report) => string>> = {
  ...formats,
  openreports: toOpenReports,
  policyreport: toPolicyReports,
};

/** The formats of `--report-file`, by the ending of its name; a longer one counts more. */
export const formatByEnding: Readonly<Record<string, (report: Report) => string>> = {
  '.txt': report => toText(report),
  '.json': toJson,
  '.md': toMarkdown,
  '.sarif': toSarif,
  '.openreports.json': toOpenReports,
  '.policyreport.json': toPolicyReports,
};

/** The ending in `formatByEnding` that a file name has, if any. */
export const endingOf = (file: string): string | undefined =>
  Object.keys(formatByEnding)
    .filter(ending => file.endsWith(ending))
    .sort((one, other) => other.length - one.length)[0];
