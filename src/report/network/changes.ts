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
  const targets = targetsOf(changes);
  const names = states.map(state => safeText(state).toUpperCase());
  const head = [...(targets === undefined ? [] : ['TARGET']), 'FROM', 'TO', ...names, 'WHY'];
  const rows = changes.map((change, index) => [
    ...(targets === undefined ? [] : [safeStart(safeText(targets[index] ?? ''))]),
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
  const targets = targetsOf(changes);
  const rows = changes.map((change, index) => {
    const {from, to, why} = change;
    const target = targets === undefined ? [] : [targets[index] ?? ''];
    const cells = [
      ...target,
      from,
      to,
      portsOf(change.before),
      portsOf(change.after),
      whyText(why),
    ];
    return `| ${cells.map(safeMarkdown).join(' | ')} |`;
  });
  const [first, line] = targets === undefined ? ['', ''] : ['| target ', '|---'];
  const head = [
    `${first}| from | to | ${before} | ${after} | why |`,
    `${line}|---|---|---|---|---|`,
  ];
  return ['## Changed connections', '', ...head, ...rows, '', `${totalOf(changes)}.`, ''].join(
    '\n',
  );
}

/** The target of each change, if there are several. */
function targetsOf(changes: readonly ConnectionChange[]): readonly string[] | undefined {
  const isOfSeveral = changes.some(({target}) => target !== undefined);
  return isOfSeveral ? changes.map(({target = ''}) => target) : undefined;
}

function totalOf(changes: readonly ConnectionChange[]): string {
  const count = (change: ConnectionChange['change']) =>
    changes.filter(each => each.change === change).length;
  return `${count('cut')} cut, ${count('changed')} on other ports, ${count('opened')} opened`;
}
