import {UsageError} from '../errors.ts';
import {suggestion} from '../text/suggest.ts';
import type {PolicyLayer} from './layers.ts';
import {type PlaceOf, parseLayer} from './parse.ts';

const apiVersion = 'kube-harden.io/v1alpha1';
const kind = 'Harden';
const keys = ['apiVersion', 'kind', 'metadata', 'spec'];

/**
 * The layer of a KRM functionConfig, whose `spec` is a policy. Undefined if it has none, so that
 * the policy file counts. A key besides `spec` is an error, because its author expects an effect.
 *
 * @throws {UsageError} with the key, the line and what is allowed there
 */
export function parseFunctionConfig(
  config: unknown,
  file: string,
  placeOf: PlaceOf,
): PolicyLayer | undefined {
  const fail = (path: readonly string[], message: string): never => {
    throw new UsageError(message, {file, ...placeOf(path, 'key')});
  };
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return fail([], 'a functionConfig must be a mapping');
  }
  const values = new Map<string, unknown>(Object.entries(config));
  for (const [key, expected] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
  ] as const) {
    if (values.get(key) === expected) continue;
    fail([key], `key \`${key}\` must be "${expected}", not ${JSON.stringify(values.get(key))}`);
  }
  const unknown = [...values.keys()].find(key => !keys.includes(key));
  if (unknown !== undefined) {
    const hint = suggestion(unknown, keys) || ': the policy goes under `spec`';
    fail([unknown], `key \`${unknown}\`: a functionConfig has no such key${hint}`);
  }
  const spec = values.get('spec');
  if (spec === undefined || spec === null) return undefined;
  return parseLayer(spec, file, (path, part) => placeOf(['spec', ...path], part));
}
