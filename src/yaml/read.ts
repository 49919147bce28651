import {compose} from './compose.ts';
import {NodeTable} from './node-table.ts';
import type {Dialect, YamlDocument} from './nodes.ts';
import {scan} from './scan.ts';
import {Tokens} from './tokens.ts';

/** Used again for each document: tokens are of no use once it has been composed. */
const tokens = new Tokens();

/**
 * Reads the one document of `text` from `start` to `end`, UTF-16 code units, as the API server
 * does: sigs.k8s.io/yaml, which is go-yaml v2; or as kyaml does in that dialect.
 *
 * @throws {YamlError} where Kubernetes would refuse the text, or where its readers disagree
 */
export function readDocument(
  text: string,
  start: number,
  end: number,
  dialect: Dialect = 'kubernetes',
): YamlDocument {
  scan(text, start, end, tokens);
  return {text, start, end, dialect, ...compose(text, tokens, dialect)};
}

/** The document of that range, for one that is passed over: it holds nothing that anybody knows. */
export function unreadDocument(text: string, start: number, end: number): YamlDocument {
  return {text, start, end, dialect: 'kubernetes', nodes: noNodes, value: null, ambiguities: []};
}

const noNodes = new NodeTable(0);
