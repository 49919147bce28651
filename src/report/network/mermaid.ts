import type {NetworkReport, PlacedEdge} from '../../network-report.ts';
import {safeText} from '../../text/safe-text.ts';
import {portsText} from './ports-text.ts';

/**
 * A flowchart with one subgraph per stage. Node ids are generated: names are used only in labels.
 */
export function toMermaid({before, after}: NetworkReport): string {
  return ['flowchart LR', ...part('before', before), ...part('after', after), ''].join('\n');
}

function part(stage: string, edges: readonly PlacedEdge[]): readonly string[] {
  const ids = new Map<string, string>();
  const idOf = (name: string) => {
    const id = ids.get(name) ?? `${stage}${ids.size}`;
    ids.set(name, id);
    return id;
  };
  const arrows = edges.map(
    edge => `    ${idOf(edge.from)} -->|"${label(portsText(edge))}"| ${idOf(edge.to)}`,
  );
  const nodes = [...ids].map(([name, id]) => `    ${id}["${label(name)}"]`);
  return [`  subgraph ${stage}`, ...nodes, ...arrows, '  end'];
}

/** Mermaid encodes a character in a label as its code point between `#` and `;`. */
const label = (text: string): string =>
  safeText(text).replace(/[^\p{L}\p{N} ,./=():!-]/gu, character => `#${character.codePointAt(0)};`);
