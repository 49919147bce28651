import {toGitHub} from './github.ts';
import {toGitLab} from './gitlab.ts';
import {toJson} from './json.ts';
import {toMarkdown} from './markdown.ts';
import type {Report} from './report.ts';
import {toSarif} from './sarif.ts';
import {toText} from './text.ts';

/** The report formats, by their names in `--format`. */
export const formats: Readonly<Record<string, (report: Report) => string>> = {
  table: toText,
  json: toJson,
  markdown: toMarkdown,
  sarif: toSarif,
  github: toGitHub,
  gitlab: toGitLab,
};

/** The formats of `--report-file`, by file extension. */
export const formatByEnding: Readonly<Record<string, (report: Report) => string>> = {
  '.txt': toText,
  '.json': toJson,
  '.md': toMarkdown,
  '.sarif': toSarif,
};
