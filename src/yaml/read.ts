import {type Composed, compose} from './compose.ts';
import {noNodes} from './node-table.ts';
import type {Dialect, YamlDocument} from './nodes.ts';
import {readSimple} from './read-simple.ts';
import {scan} from './scan.ts';
import {Tokens} from './tokens.ts';

/** Reused for each document: tokens are not needed after it has been composed. */
const tokens = new Tokens();

/**
 * Parses the document in `text` from `start` to `end` (UTF-16 code units) as the API server does,
 * with sigs.k8s.io/yaml, which is go-yaml v2; or as kyaml in that dialect.
 *
 * @throws {YamlError} if Kubernetes would refuse the text, or its parsers disagree
 */
export function readDocument(
  text: string,
  start: number,
  end: number,
  dialect: Dialect = 'kubernetes',
): YamlDocument {
  if (start === end) return {...unreadDocument(text, start, end), dialect};
  const composed = readSimple(text, start, end, dialect) ?? readAny(text, start, end, dialect);
  return {text, start, end, dialect, ...composed};
}

/** What `readSimple` reads, and all other documents. @throws {YamlError} as `readDocument` */
export function readAny(text: string, start: number, end: number, dialect: Dialect): Composed {
  scan(text, start, end, tokens);
  return compose(text, tokens, dialect);
}

/** An empty document for that range, which is skipped unread. */
export function unreadDocument(text: string, start: number, end: number): YamlDocument {
  return {text, start, end, dialect: 'kubernetes', nodes: noNodes, value: null, ambiguities: []};
}
