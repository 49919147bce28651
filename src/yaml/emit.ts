import {isList, isMap, type Json, type JsonList, type JsonMap} from '../json.ts';
import {resolvePlain} from './resolve-scalar.ts';

/** The indentation of block collections, in columns from that of their key. */
export interface Layout {
  readonly mapping: number;
  readonly sequence: number;
}

/** Two spaces, with list items at the column of their key, as Helm, kubectl and kustomize write. */
export const plainLayout: Layout = {mapping: 2, sequence: 0};

/** `value` as a YAML document, in block style. */
export function stringify(value: Json): string {
  return `${emitBlock(value, '', plainLayout)}\n`;
}

/** `value` in block style, without a final line break; every line except the first is indented. */
export function emitBlock(value: Json, indent: string, layout: Layout): string {
  if (isList(value) && value.length > 0) {
    return value
      .map(item => `- ${emitBlock(item as Json, `${indent}  `, layout)}`)
      .join(`\n${indent}`);
  }
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.keys(value)
      .map(key => emitPair(key, value[key] as Json, indent, layout))
      .join(`\n${indent}`);
  }
  return emitFlow(value);
}

/** A key with its value, in block style. */
export function emitPair(key: string, value: Json, indent: string, layout: Layout): string {
  const name = emitKey(key, `\n${indent}`);
  const step = isList(value) ? layout.sequence : layout.mapping;
  if (!isBlock(value)) return `${name}: ${emitFlow(value)}`;
  const inner = indent + ' '.repeat(step);
  return `${name}:\n${inner}${emitBlock(value, inner, layout)}`;
}

/** Whether `value` takes its own lines in block style: a non-empty collection. */
export const isBlock = (value: Json): value is JsonList | JsonMap =>
  (isList(value) && value.length > 0) || (isMap(value) && Object.keys(value).length > 0);

/** `value` in flow style, on one line. */
export function emitFlow(value: Json): string {
  if (isList(value)) return `[${value.map(item => emitFlow(item as Json)).join(', ')}]`;
  if (!isMap(value)) return emitScalar(value);
  const map: JsonMap = value;
  const pairs = Object.keys(map).map(key => `${emitKey(key, ' ')}: ${emitFlow(map[key] as Json)}`);
  return `{${pairs.join(', ')}}`;
}

/** `value` as JSON on one line, with `space` after each colon and comma. */
export function emitJson(value: Json, space: string): string {
  if (isList(value)) {
    return `[${value.map(item => emitJson(item as Json, space)).join(`,${space}`)}]`;
  }
  if (!isMap(value)) return quote(value);
  const map: JsonMap = value;
  const pairs = Object.keys(map).map(
    key => `${quote(key)}:${space}${emitJson(map[key] as Json, space)}`,
  );
  return `{${pairs.join(`,${space}`)}}`;
}

/** A longer key needs a question mark in YAML 1.1. */
const longestKey = 1000;

function emitKey(key: string, separator: string): string {
  const name = emitScalar(key);
  return name.length > longestKey ? `? ${name}${separator}` : name;
}

/** A scalar, quoted if any parser could read it as something else. */
function emitScalar(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z_./][-\w./]*$/.test(value) && !/^\.+$/.test(value);
  if (isPlain && resolvePlain(value, 'kubernetes') === value) return value;
  return quote(value);
}

/**
 * A scalar as JSON that YAML reads in the same way: line breaks and invalid characters of YAML are
 * escaped.
 */
const quote = (value: null | boolean | number | string): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
