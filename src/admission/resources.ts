import type {GroupKind} from '../kubernetes/resource.ts';

/**
 * The resource of a kind, as `kubectl` guesses it where no server can be asked: `networkpolicies` for
 * NetworkPolicy. All kinds of Kubernetes follow it.
 */
export function resourceOf({kind}: Pick<GroupKind, 'kind'>): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/[^aeiou]y$/.test(name)) return name.replace(/y$/, 'ies');
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
