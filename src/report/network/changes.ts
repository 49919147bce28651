import type {ConnectionChange} from '../../network-changes.ts';
import {safeMarkdown} from '../../text/safe-markdown.ts';
import {safeJson, safeText} from '../../text/safe-text.ts';
import {tool} from '../report.ts';
import {columns, safeStart, whyText} from './formats.ts';
import {portsOf} from './ports-text.ts';

/** What changes between two states: a level, a target. */
export interface ChangeReport {
  /** The names of the two states. */
  readonly states: readonly [before: string, after: string];
  readonly changes: readonly ConnectionChange[];
}

/** The formats of `kube-harden network --compare` and `--diff`, by their names in `--format`. */
export const changeFormats: Readonly<Record<string, (report: ChangeReport) => string>> = {
  table: toTable,
  json: toJson,
  markdown: toMarkdown,
};

function toTable({states, changes}: ChangeReport): string {
  const head = ['FROM', 'TO', ...states.map(state => safeText(state).toUpperCase()), 'WHY'];
  const rows = changes.map(change => [
    safeStart(safeText(change.from)),
    safeText(change.to),
    safeText(portsOf(change.before)),
    safeText(portsOf(change.after)),
    safeText(whyText(change.why)),
  ]);
  return `${columns([head, ...rows])}${totalOf(changes)}\n`;
}

/** Fields may be added, never removed. */
function toJson({states, changes}: ChangeReport): string {
  return safeJson({schemaVersion: 1, tool, states, changes});
}

function toMarkdown({states, changes}: ChangeReport): string {
  const [before, after] = states.map(safeMarkdown);
  const rows = changes.map(change => {
    const {from, to, why} = change;
    const cells = [from, to, portsOf(change.before), portsOf(change.after), whyText(why)];
    return `| ${cells.map(safeMarkdown).join(' | ')} |`;
  });
  const head = [`| from | to | ${before} | ${after} | why |`, '|---|---|---|---|---|'];
  return ['## Changed connections', '', ...head, ...rows, '', `${totalOf(changes)}.`, ''].join(
    '\n',
  );
}

function totalOf(changes: readonly ConnectionChange[]): string {
  const count = (change: ConnectionChange['change']) =>
    changes.filter(each => each.change === change).length;
  return `${count('cut')} cut, ${count('changed')} on other ports, ${count('opened')} opened`;
}
