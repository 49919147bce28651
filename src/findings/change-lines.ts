import {isList, isMap, type Json, type JsonMap, type Path, valueAt} from '../json.ts';

/** What a rewrite does to an object. */
export interface Change {
  /** The object before. */
  readonly object: JsonMap;
  /** The field that changes. */
  readonly path: Path;
  /** Its value afterwards; absent if it is removed. */
  readonly after?: Json | undefined;
  /** An object that is added instead. */
  readonly added?: JsonMap | undefined;
}

/** More lines of one value help nobody. */
const mostLines = 60;

/** The lines of a change in the form of a diff: the fields above it, then what goes with `-`, and what comes with `+`. */
export function changeLines({object, path, after, added}: Change): readonly string[] {
  if (added !== undefined) return limited(yamlLines(added)).map(line => `+ ${line}`);
  const before = valueAt(object, path);
  const last = path.at(-1);
  if (last === undefined) return [];
  const lines: string[] = [];
  let indent = '';
  for (const at of path.slice(0, -1).keys()) {
    const step = path[at] as string | number;
    const value = valueAt(object, path.slice(0, at + 1));
    const mark = value === undefined ? '+' : ' ';
    if (typeof step === 'string') lines.push(`${mark} ${indent}${keyText(step)}:`);
    else lines.push(`${mark} ${indent}- ${nameOf(value)}`);
    indent += '  ';
  }
  const part = (value: Json | undefined, mark: string) =>
    value === undefined
      ? []
      : limited(yamlLines(typeof last === 'string' ? {[last]: value} : [value])).map(
          line => `${mark} ${indent}${line}`,
        );
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return [...lines, ...(isSame ? part(before, ' ') : [...part(before, '-'), ...part(after, '+')])];
}

/** What a list item is called, as a person would look for it. */
function nameOf(item: Json | undefined): string {
  const name = isMap(item) ? item['name'] : item;
  return typeof name === 'string' ? `name: ${scalar(name)}` : '…';
}

const limited = (lines: readonly string[]): readonly string[] =>
  lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more lines`];

/** A value as lines of YAML in block style. */
function yamlLines(value: Json | undefined): readonly string[] {
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, child]) => entry(`${keyText(key)}:`, child));
  }
  if (isList(value) && value.length > 0) {
    return value
      .filter(item => item !== undefined)
      .flatMap(item => {
        const [first = '', ...rest] = yamlLines(item);
        return [`- ${first}`, ...rest.map(line => `  ${line}`)];
      });
  }
  return [isList(value) ? '[]' : isMap(value) ? '{}' : scalar(value ?? null)];
}

function entry(head: string, child: Json | undefined): readonly string[] {
  const isNested =
    (isMap(child) && Object.keys(child).length > 0) || (isList(child) && child.length > 0);
  const lines = yamlLines(child);
  return isNested ? [head, ...lines.map(line => `  ${line}`)] : [`${head} ${lines[0]}`];
}

const keyText = (key: string): string => scalar(key);

/** A scalar as it can be read back; a text that looks like anything else is quoted. */
function scalar(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^[A-Za-z_/.][\w./@-]*$/.test(value) && !isWord.test(value)
    ? value
    : JSON.stringify(value);
}

/** Words that YAML 1.1 reads as something else than text. */
const isWord = /^(?:y|n|yes|no|on|off|true|false|null|\.nan|\.inf|~)$/i;
