import {isList, isMap, type Json, type JsonList, type JsonMap} from '../json.ts';
import {resolvePlain} from './resolve-scalar.ts';

/** `value` as a YAML document: block style, two spaces, list items at their key's column. */
export function stringify(value: Json): string {
  return `${emitBlock(value, '')}\n`;
}

/** `value` in block style, without a last line break; every line but the first is indented. */
export function emitBlock(value: Json, indent: string): string {
  if (isList(value) && value.length > 0) {
    return value.map(item => `- ${emitBlock(item as Json, `${indent}  `)}`).join(`\n${indent}`);
  }
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.keys(value)
      .map(key => emitPair(key, value[key] as Json, indent))
      .join(`\n${indent}`);
  }
  return emitFlow(value);
}

/** A key with its value, in block style. */
export function emitPair(key: string, value: Json, indent: string): string {
  if (isList(value) && value.length > 0) {
    return `${emitScalar(key)}:\n${indent}${emitBlock(value, indent)}`;
  }
  if (isMap(value) && Object.keys(value).length > 0) {
    return `${emitScalar(key)}:\n${indent}  ${emitBlock(value, `${indent}  `)}`;
  }
  return `${emitScalar(key)}: ${emitFlow(value)}`;
}

/** `value` in flow style, on one line. */
export function emitFlow(value: Json): string {
  if (isList(value))
    return `[${(value as JsonList).map(item => emitFlow(item as Json)).join(', ')}]`;
  if (!isMap(value)) return emitScalar(value);
  const map: JsonMap = value;
  const pairs = Object.keys(map).map(key => `${emitScalar(key)}: ${emitFlow(map[key] as Json)}`);
  return `{${pairs.join(', ')}}`;
}

/** A scalar, quoted where any reader could take it for anything but itself. */
function emitScalar(value: null | boolean | number | string): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z_./][-\w./]*$/.test(value) && !/^\.+$/.test(value);
  if (isPlain && resolvePlain(value, 'kubernetes') === value) return value;
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
