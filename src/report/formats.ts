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
