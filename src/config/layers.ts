import type {Place} from '../errors.ts';
import type {WrittenRule} from '../policy/policy.ts';
import type {KeyPath} from './mistake.ts';
import type {PolicyChoices} from './resolve.ts';

/** Where a value of a policy comes from: a place in a file, or an option of the call. */
export interface Origin extends Place {
  readonly option?: string;
}

/** The choices of one source. A policy consists of layers: each overrides those below it. */
export interface PolicyLayer {
  readonly choices: PolicyChoices;
  /** The origin of the value at a path of the choices. */
  readonly originOf: (path: KeyPath) => Origin;
  /** The policy file that this one extends: a path from its folder. */
  readonly base?: string;
  /** The lock file of images that it names, as it is written: `load.ts` makes a choice of it. */
  readonly imageLock?: string;
  /** Its own rules, as they are written, and files: `compileLayer` makes choices of them. */
  readonly uncompiled?: Uncompiled;
}

interface Uncompiled {
  readonly customRules: readonly WrittenRule[];
  readonly admissionPolicies: readonly string[];
}

/** The keys whose lists are joined: the entries of lower layers come first. */
const joinedKeys = [
  'exceptions',
  'exposed',
  'trustAnnotations',
  'workloads',
  'locked',
  'customRules',
  'admissionPolicies',
] as const;

/**
 * The choices of all layers, from the lowest up. A value replaces that of the layers below; `rules`,
 * `networkPolicy` and `registries` are merged key by key; lists of entries are joined. docs/policy.md says so,
 * key by key.
 */
export const mergeLayers = (layers: readonly PolicyLayer[]): PolicyChoices =>
  layers.reduce<PolicyChoices>((below, {choices}) => merged(below, choices), {});

function merged(below: PolicyChoices, above: PolicyChoices): PolicyChoices {
  const {rules, networkPolicy, registries} = above;
  const joined = Object.fromEntries(
    joinedKeys
      .filter(key => below[key] !== undefined && above[key] !== undefined)
      .map(key => [key, [...(below[key] ?? []), ...(above[key] ?? [])]]),
  );
  return {
    ...below,
    ...above,
    ...joined,
    ...(registries === undefined ? {} : {registries: {...below.registries, ...registries}}),
    ...(rules === undefined ? {} : {rules: {...below.rules, ...rules}}),
    ...(networkPolicy === undefined
      ? {}
      : {
          networkPolicy: {
            ...below.networkPolicy,
            ...networkPolicy,
            ...joinedConnections(below, above),
          },
        }),
  };
}

function joinedConnections(below: PolicyChoices, above: PolicyChoices) {
  const lower = below.networkPolicy?.connections;
  const upper = above.networkPolicy?.connections;
  return lower === undefined || upper === undefined ? {} : {connections: [...lower, ...upper]};
}

/** Where the value at `path` of the merged choices comes from; undefined if no layer sets it. */
export function originIn(layers: readonly PolicyLayer[], path: KeyPath): Origin | undefined {
  const depth = path.findIndex(step => typeof step === 'number');
  if (depth === -1) {
    return layers.findLast(({choices}) => valueIn(choices, path) !== undefined)?.originOf(path);
  }
  const list = path.slice(0, depth);
  let index = Number(path[depth]);
  for (const {choices, originOf} of layers) {
    const length = lengthOf(valueIn(choices, list));
    if (index < length) return originOf([...list, index, ...path.slice(depth + 1)]);
    index -= length;
  }
  return undefined;
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

function valueIn(choices: PolicyChoices, path: KeyPath): unknown {
  let value: unknown = choices;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** `team.yaml:3`, or `--profile`. */
export const originText = ({option, file, line}: Origin): string =>
  option ?? [file ?? 'the functionConfig', ...(line === undefined ? [] : [line])].join(':');
