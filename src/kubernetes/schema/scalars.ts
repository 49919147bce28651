import type {Json} from '../../json.ts';
import {isPortName} from '../names.ts';
import type {Scalar} from './types.ts';

interface ScalarType {
  readonly expected: string;
  readonly fits: (value: Json) => boolean;
}

const isText =
  (isValid: (text: string) => boolean) =>
  (value: Json): boolean =>
    typeof value === 'string' && isValid(value);
/** IntOrString accepts numbers, and strings of a certain form. */
const isIntegerOr =
  (isValid: (text: string) => boolean) =>
  (value: Json): boolean =>
    typeof value === 'string' ? isValid(value) : isInt32(value);

/** How large a number of 32 bits may be, and how small. */
const limit = 2 ** 31;
const isInt32 = (value: Json): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;

/** See k8s.io/apimachinery: pkg/api/resource/quantity.go. */
const isQuantity = (text: string): boolean =>
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(text);

/** Go's encoding/base64: StdEncoding, which skips line breaks. */
const isBase64 = (text: string): boolean => {
  const written = text.replaceAll(/[\r\n]/g, '');
  return written.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(written);
};

const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d?:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text);

/** The types without fields: what each is called, and which values the API server decodes as it. */
export const scalars: Readonly<Record<Scalar, ScalarType>> = {
  anything: {expected: 'anything', fits: () => true},
  base64: {expected: 'base64', fits: isText(isBase64)},
  boolean: {expected: 'a boolean', fits: value => typeof value === 'boolean'},
  count: {
    expected: 'an integer, or a percentage such as "25%"',
    fits: isIntegerOr(text => /^\d+%$/.test(text)),
  },
  int32: {expected: 'an integer', fits: isInt32},
  int64: {expected: 'an integer', fits: value => Number.isInteger(value)},
  number: {expected: 'a number', fits: value => typeof value === 'number'},
  port: {expected: 'a number, or the name of a port', fits: isIntegerOr(isPortName)},
  quantity: {
    expected: 'a quantity such as 2, "500m" or "1Gi"',
    fits: value => (typeof value === 'string' ? isQuantity(value) : typeof value === 'number'),
  },
  string: {expected: 'a string', fits: value => typeof value === 'string'},
  time: {expected: 'a time such as "2026-01-31T12:00:00Z"', fits: isText(isTime)},
};
