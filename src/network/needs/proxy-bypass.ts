import {asList, asMap, textOf} from '../../json.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';

/**
 * Names of settings with hosts that bypass the proxy: `NO_PROXY`, and Java's `http.nonProxyHosts`.
 * They list what may be called, not what is called.
 */
const name =
  '(?:(?<![A-Za-z])(?:no[_-]?proxy|NO[_-]?PROXY|noProxy)|NoProxy|[Nn]on[_-]?[Pp]roxy[_-]?[Hh]osts|NON[_-]?PROXY[_-]?HOSTS)';
const nameAlone = new RegExp(`${name}$`);

/** A quoted value, a YAML list, or everything up to white space that does not follow a comma. */
const value = [
  '"[^"\\n]*"',
  "'[^'\\n]*'",
  '\\[[^\\]\\n]*\\]',
  '(?:\\n[ \\t]*- [^\\n]*)+',
  `[^\\s"',]*(?:,[ \\t]*[^\\s"',]+)*`,
].join('|');
const setting = new RegExp(`${name}["']?[ \\t]*[=: ][ \\t]*(?:${value})`, 'g');

/** Whether a variable, key or option with that name lists hosts that bypass a proxy. */
export const isProxyBypass = (text: string): boolean => nameAlone.test(text);

/**
 * Returns whether an offset in `text` is inside such a list. Offsets must be in ascending order.
 */
export function bypassListsIn(text: string): (at: number) => boolean {
  const lists = /proxy/i.test(text) ? text.matchAll(setting) : [][Symbol.iterator]();
  let list = lists.next().value;
  return at => {
    while (list !== undefined && at >= list.index + list[0].length) list = lists.next().value;
    return list !== undefined && at >= list.index;
  };
}

/** The first labels of the hosts in the lists that variables and ConfigMaps of a stream hold. */
export function bypassedNames(stream: StreamIndex): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (key: string, value: unknown) => {
    if (typeof value !== 'string' || !isProxyBypass(key)) return;
    for (const host of value.split(/[\s,|;]+/)) names.add(host.replace(/[.:].*/s, ''));
  };
  for (const {pod} of stream.workloads) {
    for (const {value} of pod.containers) {
      for (const item of asList(value['env'])) {
        const variable = asMap(item);
        add(textOf(variable?.['name']), variable?.['value']);
      }
    }
  }
  for (const {value} of stream.ofKind('ConfigMap')) {
    for (const [key, text] of Object.entries(asMap(value['data']) ?? {})) add(key, text);
  }
  names.delete('');
  return names;
}
