import {maySameNamespace} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {shortHash} from '../../text/short-hash.ts';

const longest = 63;
const ending = 'kube-harden';

/** Gives each generated policy a unique name in its namespace. */
export class PolicyNames {
  /** The namespaces in which each name is used. */
  readonly #taken = new Map<string, (string | undefined)[]>();
  /** How many hashes each name has needed, so that many with the same name do not start over. */
  readonly #tries = new Map<string, number>();

  constructor(present: readonly Resource[]) {
    for (const {name, namespace} of present) this.#take(name, namespace);
  }

  /** `web-deployment-kube-harden`; the same for the same stream, and at most 63 characters. */
  nameFor({apiVersion, kind, name, namespace}: Resource): string {
    const base = [trimmed(labels(name)), labels(kind.toLowerCase()), ending]
      .filter(part => part !== '')
      .join('-');
    let result = base.length <= longest ? base : withHash(base);
    let count = this.#tries.get(base) ?? 0;
    while (this.#isTaken(result, namespace)) {
      count += 1;
      result = withHash(base, `${apiVersion}/${count}`);
    }
    this.#tries.set(base, count);
    this.#take(result, namespace);
    return result;
  }

  #isTaken(name: string, namespace: string | undefined): boolean {
    return this.#taken.get(name)?.some(other => maySameNamespace(namespace, other)) ?? false;
  }

  #take(name: string, namespace: string | undefined): void {
    const namespaces = this.#taken.get(name);
    if (namespaces === undefined) this.#taken.set(name, [namespace]);
    else namespaces.push(namespace);
  }
}

/** Whether a policy has a name from an earlier run. */
export const isOurs = ({name}: Resource): boolean =>
  new RegExp(`-${ending}(?:-[0-9a-f]{8})?$`).test(name);

function withHash(base: string, salt = ''): string {
  return `${trimmed(base.slice(0, longest - 9))}-${shortHash(base + salt)}`;
}

/** `text` as labels of a DNS subdomain: each begins and ends with a letter or digit. */
const labels = (text: string): string =>
  text
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .replaceAll(/[.-]+/g, marks => (marks.includes('.') ? '.' : marks));

/**
 * `text` from its first to its last letter or digit: a DNS subdomain (RFC 1123) begins and ends
 * with one.
 */
function trimmed(text: string): string {
  const first = text.search(/[a-z0-9]/);
  let end = text.length;
  while (end > 0 && !/[a-z0-9]/.test(text[end - 1] as string)) end--;
  return first === -1 ? '' : text.slice(first, end);
}
