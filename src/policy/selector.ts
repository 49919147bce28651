import type {Resource} from '../kubernetes/resource.ts';

/** Matches objects; a missing field matches all. `*` stands for any text. */
export interface Selector {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Whether `selector` matches `resource`. */
export const selects = (selector: Selector, resource: Resource): boolean =>
  matches(selector.kind, resource.kind) &&
  matches(selector.namespace, resource.namespace ?? '') &&
  matches(selector.name, resource.name);

/** Whether `text` matches `pattern`, in which `*` stands for any text. Linear in both. */
export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  if (!isPattern(pattern)) return text === pattern;
  const parts = pattern.split('*');
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length && text.endsWith(last);
}

/** Whether `text` means more than itself. */
export const isPattern = (text: string): boolean => text.includes('*');
