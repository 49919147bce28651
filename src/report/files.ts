import {auditFormats} from './formats.ts';
import type {Report} from './report.ts';

type Writer = (report: Report) => string;

const loaded = (name: string): (() => Promise<Writer>) => {
  const write = auditFormats[name] as Writer;
  return () => Promise.resolve(write);
};

/** The formats of report files by their names; the larger ones are loaded only if they are asked for. */
export const reportFormats = {
  table: loaded('table'),
  json: loaded('json'),
  markdown: loaded('markdown'),
  sarif: loaded('sarif'),
  github: loaded('github'),
  gitlab: loaded('gitlab'),
  openreports: loaded('openreports'),
  policyreport: loaded('policyreport'),
  junit: async () => (await import('./junit.ts')).toJUnit,
  html: async () => (await import('./html/report-page.ts')).toHtml,
  'job-summary': async () => (await import('./job-summary.ts')).toJobSummary,
} as const satisfies Readonly<Record<string, () => Promise<Writer>>>;

export type ReportFormat = keyof typeof reportFormats;

/** The format of a file by the ending of its name; a longer ending counts more. */
export const formatByEnding = {
  '.txt': 'table',
  '.json': 'json',
  '.md': 'markdown',
  '.sarif': 'sarif',
  '.sarif.json': 'sarif',
  '.xml': 'junit',
  '.html': 'html',
  '.openreports.json': 'openreports',
  '.policyreport.json': 'policyreport',
  '.gitlab.json': 'gitlab',
} as const satisfies Readonly<Record<string, ReportFormat>>;

/** The format that a file name has by its ending, if any. */
export function formatOfFile(file: string): ReportFormat | undefined {
  const [longest] = (Object.keys(formatByEnding) as (keyof typeof formatByEnding)[])
    .filter(ending => file.endsWith(ending))
    .sort((one, other) => other.length - one.length);
  return longest === undefined ? undefined : formatByEnding[longest];
}
