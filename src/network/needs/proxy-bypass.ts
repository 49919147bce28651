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
