import {isBlankOrEnd, isWord} from './characters.ts';
import {YamlError} from './error.ts';

/** The prefix that `!!` stands for. */
export const coreTag = 'tag:yaml.org,2002:';

/**
 * The tag at `start`, with its handle resolved: `!!str`, `!local`, `!<tag:…>`. Handles that only a
 * %TAG directive could define are refused, like directives.
 *
 * @throws {YamlError} if libyaml does not accept the tag
 */
export function scanTag(
  text: string,
  start: number,
  end: number,
): {readonly tag: string; readonly end: number} {
  const at = (offset: number) => (offset < end ? text.charCodeAt(offset) : 0);
  const isVerbatim = at(start + 1) === 0x3c;
  const handleEnd = isVerbatim ? start + 2 : endOfHandle(at, start);
  let uriEnd = handleEnd;
  while (isUri(at(uriEnd))) uriEnd++;
  const uri = decodeUri(text.slice(handleEnd, uriEnd), handleEnd);
  if (isVerbatim && at(uriEnd) !== 0x3e) throw new YamlError('a tag `!<` must end in `>`', start);
  const tagEnd = isVerbatim ? uriEnd + 1 : uriEnd;
  if (!isBlankOrEnd(at(tagEnd))) throw new YamlError('a tag must end in a blank', start);
  const handle = text.slice(start, handleEnd);
  if (uri === '' && (isVerbatim || handle.length > 1)) {
    throw new YamlError('a tag must have a name', start);
  }
  if (isVerbatim) return {tag: uri, end: tagEnd};
  if (handle === '!!') return {tag: coreTag + uri, end: tagEnd};
  if (handle !== '!') throw new YamlError(`the tag handle "${handle}" is not defined`, start);
  return {tag: `!${uri}`, end: tagEnd};
}

/** A handle is `!`, `!!` or `!word!`; of `!word` the word belongs to the name. */
function endOfHandle(at: (offset: number) => number, start: number): number {
  let end = start + 1;
  while (isWord(at(end))) end++;
  return at(end) === 0x21 ? end + 1 : start + 1;
}

const isUri = (code: number): boolean =>
  isWord(code) || (code !== 0 && ";/?:@&=+$,.!~*'()[]%".includes(String.fromCharCode(code)));

function decodeUri(uri: string, offset: number): string {
  if (!uri.includes('%')) return uri;
  try {
    return decodeURIComponent(uri);
  } catch (error) {
    throw new YamlError('the escapes of a tag must be UTF-8', offset, {cause: error});
  }
}
