import {asMap, asString, isList, type Path} from '../json.ts';
import type {Container} from './pod-spec.ts';

/** A capability as runtimes understand it: in capitals, without `CAP_`. */
export const capabilityName = (text: string): string => text.toUpperCase().replace(/^CAP_/, '');

interface Capability {
  readonly name: string;
  /** As written in the manifest. */
  readonly text: string;
  /** From the root of the object. */
  readonly path: Path;
}

const none: readonly Capability[] = [];

/** The content of `securityContext.capabilities.add` or `.drop` of a container. */
export function capabilitiesOf(container: Container, list: 'add' | 'drop'): readonly Capability[] {
  const context = asMap(container.value['securityContext']);
  const items = asMap(context?.['capabilities'])?.[list];
  if (!isList(items)) return none;
  const found: Capability[] = [];
  for (const [index, item] of items.entries()) {
    const text = asString(item);
    if (text === undefined) continue;
    const path = [...container.path, 'securityContext', 'capabilities', list, index];
    found.push({name: capabilityName(text), text, path});
  }
  return found;
}
