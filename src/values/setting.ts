import type {ValueSetting} from '../findings/value-advice.ts';
import {
  Dictionary,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  toPointer,
  valueAt,
} from '../json.ts';

/** A value to set at a place in the values of a chart. */
export interface Setting {
  readonly path: Path;
  /** With null, the chart's own value goes. */
  readonly value: Json;
  /** Whether it only says again what a template has by default: what is wished for the same key counts. */
  readonly isRestated?: true;
}

/** The settings that count, in order: what is wished, and what is only restated for other keys. */
export function effective(settings: readonly Setting[], values: JsonMap): readonly Setting[] {
  const restated = settings.filter(each => each.isRestated === true);
  const wished = settings.filter(each => each.isRestated !== true);
  const last = new Map([...restated, ...wished].map(each => [toPointer(each.path), each]));
  return [...last.values()].filter(
    ({path, value}) => value !== null || (valueAt(values, path) ?? null) !== null,
  );
}

/** The setting as reports show it. A list is set as a whole: Helm merges no lists. */
export function shownSetting({path, value}: Setting, values: JsonMap): ValueSetting {
  const inList = path.findIndex(step => typeof step === 'number');
  const whole = inList === -1 ? path : path.slice(0, inList);
  const all = inList === -1 ? value : (valueAt(overlayOf([{path, value}], values), whole) ?? null);
  const option = optionFor(whole, all);
  return {path: toPointer(whole), value: all, ...(option === undefined ? {} : {option})};
}

/**
 * The values that make the settings, as a file for `--values`: what is in a list is written with the rest of
 * the list, as it stands in `values`, because Helm replaces lists.
 */
export function overlayOf(settings: readonly Setting[], values: JsonMap): JsonMap {
  const overlay = new Dictionary();
  for (const {path, value} of effective(settings, values)) put(overlay, path, value, values);
  return overlay;
}

type Holder = {[key: string]: Json} | Json[];

function put(overlay: Holder, path: Path, value: Json, values: JsonMap): void {
  let holder: Holder = overlay;
  for (const [index, step] of path.slice(0, -1).entries()) {
    const known = read(holder, step);
    const isInList = typeof path[index + 1] === 'number';
    const next: Holder =
      isMap(known) || isList(known)
        ? (known as Holder)
        : newHolder(isInList, values, path.slice(0, index + 1));
    write(holder, step, next as Json);
    holder = next;
  }
  const last = path.at(-1);
  if (last !== undefined) write(holder, last, value);
}

/** An empty mapping; or the list of the values, copied, so that it can be changed. */
const newHolder = (isInList: boolean, values: JsonMap, path: Path): Holder => {
  const list = valueAt(values, path);
  return isInList && isList(list)
    ? (list.map(item => copyOf(item as Json)) as Json[])
    : new Dictionary();
};

export function copyOf(value: Json): Json {
  if (isList(value)) return value.map(item => copyOf(item as Json));
  if (!isMap(value)) return value;
  const map = new Dictionary();
  for (const key of Object.keys(value)) map[key] = copyOf(value[key] as Json);
  return map;
}

const read = (holder: Holder, step: string | number): Json | undefined =>
  Array.isArray(holder) ? holder[step as number] : holder[step as string];

function write(holder: Holder, step: string | number, value: Json): void {
  if (Array.isArray(holder)) holder[step as number] = value;
  else holder[step as string] = value;
}

/** `--set key=value`, or `--set-json` for what `--set` cannot say; undefined if a key cannot be typed. */
function optionFor(path: Path, value: Json): string | undefined {
  const keys = path.map(String);
  if (keys.length === 0 || keys.some(key => key === '' || unprintable.test(key))) return undefined;
  const key = keys.map(escapedKey).join('.');
  const isPlain =
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    (typeof value === 'string' && plainText.test(value));
  const text = isPlain ? String(value) : JSON.stringify(value);
  if (unprintable.test(text)) return undefined;
  return `${isPlain ? '--set' : '--set-json'} ${quoted(`${key}=${text}`)}`;
}

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

/** A text that `--set` reads as that text: not as a number, a word of YAML, a list or two settings. */
const plainText = /^(?:\d+[A-Za-z]+|(?!(?:true|false|null)$)[A-Za-z][\w./:@-]*)$/;

/** What has a meaning in the keys of Helm's `--set` (its package strvals) is escaped. */
const escapedKey = (key: string): string => key.replace(/[\\.,=[\]{}]/g, '\\$&');

/** As an argument for a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
