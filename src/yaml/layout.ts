import {type Layout, plainLayout} from './emit.ts';
import * as table from './node-table.ts';
import type {YamlDocument} from './nodes.ts';

/** The indentation of block collections in a document, taken from the first ones. */
export function layoutOf({nodes, text}: YamlDocument): Layout {
  const columnOf = (index: number) => {
    const start = nodes.start(index);
    return start - (text.lastIndexOf('\n', start - 1) + 1);
  };
  let mapping: number | undefined;
  let sequence: number | undefined;
  for (let index = 0; index < nodes.count; index++) {
    if (nodes.kind(index) !== table.mappingNode) continue;
    const column = columnOf(index + 1);
    for (let key = index + 1; key < nodes.next(index); key = nodes.next(nodes.next(key))) {
      const value = nodes.next(key);
      const step = columnOf(value) - column;
      if (nodes.kind(value) === table.mappingNode && step > 0) mapping ??= step;
      if (nodes.kind(value) === table.sequenceNode && step >= 0) sequence ??= step;
    }
    if (mapping !== undefined && sequence !== undefined) break;
  }
  return {
    mapping: mapping ?? plainLayout.mapping,
    sequence: sequence ?? plainLayout.sequence,
  };
}
