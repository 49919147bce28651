import {asList, asString, type Path, valueAt} from '../json.ts';
import type {Container} from './pod-spec.ts';

/** A capability as runtimes understand it: in capitals, without `CAP_`. */
const capabilityName = (text: string): string => text.toUpperCase().replace(/^CAP_/, '');

interface Capability {
  readonly name: string;
  /** As it stands in the manifest. */
  readonly text: string;
  /** From the object's root. */
  readonly path: Path;
}

/** What stands in a container's `securityContext.capabilities.add` or `.drop`. */
export function capabilitiesOf(container: Container, list: 'add' | 'drop'): readonly Capability[] {
  const path = ['securityContext', 'capabilities', list];
  return [...asList(valueAt(container.value, path)).entries()].flatMap(([index, item]) => {
    const text = asString(item);
    if (text === undefined) return [];
    return {name: capabilityName(text), text, path: [...container.path, ...path, index]};
  });
}
