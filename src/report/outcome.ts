import {type Finding, isOpen, isUndecided} from '../findings/finding.ts';
import {counted, type Report, severityCounts} from './report.ts';

/** The outcome of a finding in one word. */
export function outcomeOf({disposition, known}: Finding): string {
  if (known === true) return 'known';
  return disposition === 'flag-only' ? 'flagged' : disposition;
}

/** Whether nothing was rewritten: only an audit says what it skipped. */
export const isAudit = ({skipped}: Pick<Report, 'skipped'>): boolean => skipped !== undefined;

/** What render would make of the findings of an audit, and what it leaves to the user. */
export function auditOutcome({findings, notes}: Report): string {
  const open = findings.filter(isOpen);
  const having = (outcome: string) => open.filter(each => outcomeOf(each) === outcome).length;
  const waiting = having('waits');
  const flagged = having('flagged');
  const clients = notes.filter(isUndecided).length;
  const parts = [
    `render would fix ${having('would-fix')}`,
    ...(waiting === 0 ? [] : [`${waiting} wait${waiting === 1 ? 's' : ''} for your decision`]),
    ...(flagged === 0 ? [] : [`${flagged} ${flagged === 1 ? 'is' : 'are'} for you to mend`]),
  ];
  const more = clients === 0 ? '' : `; ${counted(clients, 'note')} on clients to decide`;
  return `${parts.join(', ')}${more}`;
}

/** How much was read, what was found, and what happens to it: one line or two. */
export function totalLines(report: Report): readonly string[] {
  const {documents, resources, findings, fixed, remaining, excepted, known} = report.summary;
  const open = severityCounts(report.findings.filter(isOpen));
  const inputs = `${counted(documents, 'document')}, ${counted(resources, 'resource')}`;
  if (!isAudit(report)) {
    const detail = open === '' ? '' : ` (${open})`;
    const {undecided} = report.summary;
    const end = undecided === 0 ? '' : `; ${undecided} undecided`;
    const total = `${counted(findings, 'finding')}, ${fixed} fixed, ${remaining} remaining${detail}`;
    return [`${inputs}: ${total}, ${excepted} excepted${end}`];
  }
  if (findings === 0) return [`${inputs}: no findings`];
  const settled = [
    ...(excepted === 0 ? [] : [`${excepted} excepted`]),
    ...(known === undefined ? [] : [`${known} known`]),
  ];
  const total = [counted(findings, 'finding'), open === '' ? 'none open' : open, ...settled];
  return [`${inputs}: ${total.join(', ')}`, ...(open === '' ? [] : [auditOutcome(report)])];
}
