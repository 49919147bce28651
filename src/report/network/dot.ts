import type {NetworkReport, PlacedEdge} from '../../network-report.ts';
import {safeText} from '../../text/safe-text.ts';
import {portsText} from './ports-text.ts';

/** A digraph for Graphviz with one cluster for each stage. */
export function toDot({before, after}: NetworkReport): string {
  return [
    'digraph network {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...cluster('before', before),
    ...cluster('after', after),
    '}',
    '',
  ].join('\n');
}

function cluster(stage: string, edges: readonly PlacedEdge[]): readonly string[] {
  const names = new Set(edges.flatMap(({from, to}) => [from, to]));
  const id = (name: string) => quoted(`${stage}: ${name}`);
  return [
    `  subgraph cluster_${stage} {`,
    `    label=${quoted(stage)};`,
    ...[...names].map(name => `    ${id(name)} [label=${quoted(name)}];`),
    ...edges.map(
      edge => `    ${id(edge.from)} -> ${id(edge.to)} [label=${quoted(portsText(edge))}];`,
    ),
    '  }',
  ];
}

/** A quoted DOT string in which backslashes and entities are literal. */
const quoted = (text: string): string =>
  `"${safeText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;')}"`;
