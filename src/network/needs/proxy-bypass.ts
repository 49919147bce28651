/**
 * How settings are called that list the hosts for which no proxy is asked: `NO_PROXY`, and Java's
 * `http.nonProxyHosts`. They name what may be called, by whomever, and not what is.
 */
const name =
  '(?:(?<![A-Za-z])(?:no[_-]?proxy|NO[_-]?PROXY|noProxy)|NoProxy|[Nn]on[_-]?[Pp]roxy[_-]?[Hh]osts|NON[_-]?PROXY[_-]?HOSTS)';
const nameAlone = new RegExp(`${name}$`);

/** Quoted; a list of YAML's; or all up to a blank that follows no comma. */
const value = [
  '"[^"\\n]*"',
  "'[^'\\n]*'",
  '\\[[^\\]\\n]*\\]',
  '(?:\\n[ \\t]*- [^\\n]*)+',
  `[^\\s"',]*(?:,[ \\t]*[^\\s"',]+)*`,
].join('|');
const setting = new RegExp(`${name}["']?[ \\t]*[=: ][ \\t]*(?:${value})`, 'g');

/** Whether a variable, a key or an option of that name lists hosts that a proxy is to pass by. */
export const isProxyBypass = (text: string): boolean => nameAlone.test(text);

/** Tells of places in `text`, asked for in ascending order, whether they lie in such a list. */
export function bypassListsIn(text: string): (at: number) => boolean {
  const lists = /proxy/i.test(text) ? text.matchAll(setting) : [][Symbol.iterator]();
  let list = lists.next().value;
  return at => {
    while (list !== undefined && at >= list.index + list[0].length) list = lists.next().value;
    return list !== undefined && at >= list.index;
  };
}
