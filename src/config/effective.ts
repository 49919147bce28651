import type {Json, JsonMap} from '../json.ts';
import type {DeclaredConnection} from '../policy/network-policy.ts';
import {versionOf} from '../policy/pod-security-version.ts';
import type {Mode, Policy} from '../policy/policy.ts';
import {rulesOf} from '../rules/index.ts';
import {mergeLayers, type Origin, originIn, type PolicyLayer} from './layers.ts';
import type {KeyPath} from './mistake.ts';

/** A value of the effective policy, as it is written in a policy file, with its origin: undefined for a default. */
export interface EffectiveValue {
  readonly path: KeyPath;
  readonly value: Json;
  readonly origin: Origin | undefined;
}

/** What the effective policy does about a rule. */
export interface EffectiveRule {
  readonly id: string;
  readonly mode: Mode;
  /** Whether its rewrites wait for a decision if something speaks against them. */
  readonly waits: boolean;
  /** Of its mode under `rules`, or of the profile. */
  readonly origin: Origin | undefined;
}

/**
 * The values of the policy that `layers` make, in the order of the keys in docs/policy.md: those that are set, and
 * the defaults of simple keys. Written into a file, they are the same policy.
 */
export function effectiveValues(
  layers: readonly PolicyLayer[],
  policy: Policy,
): readonly EffectiveValue[] {
  const {
    rules: modes = {},
    undecided,
    networkPolicy = {},
    images,
    registries = {},
    exceptions = [],
    exposed = [],
    trustAnnotations = [],
    workloads = [],
    customRules = [],
    admissionPolicies = [],
    locked = [],
  } = mergeLayers(layers);
  const {ingress, egress, unnamed, namespaceDeny} = policy.networkPolicy;
  const {connections = [], ...peers} = networkPolicy;
  const at = (path: KeyPath, value: unknown, choice: KeyPath = path): EffectiveValue => ({
    path,
    // Choices come from JSON or YAML: they contain nothing else.
    value: value as Json,
    origin: originIn(layers, choice),
  });
  const items = (path: KeyPath, list: readonly unknown[]) =>
    list.map((item, index) => at([...path, index], item));
  return [
    at(['profile'], policy.profiles, ['profiles']),
    ...Object.entries(modes).map(([id, mode]) => at(['rules', id], mode)),
    at(['podSecurityVersion'], versionOf(policy.podSecurityMinor), ['podSecurityMinor']),
    at(['blockOn'], policy.blockOn),
    at(['failOn'], policy.failOn),
    ...(undecided === undefined ? [] : [at(['undecided'], undecided)]),
    at(['strict'], policy.strict),
    at(['annotate'], policy.annotate),
    ...Object.entries({...peers, ingress, egress, unnamed, namespaceDeny}).map(([key, value]) =>
      at(['networkPolicy', key], value),
    ),
    ...items(['networkPolicy', 'connections'], connections.map(withoutEmptyPorts)),
    ...(images === undefined ? [] : [at(['images'], images.file)]),
    ...Object.entries(registries).map(([key, value]) => at(['registries', key], value)),
    ...items(['exceptions'], exceptions),
    ...items(['exposed'], exposed),
    ...items(['trustAnnotations'], trustAnnotations),
    ...items(['workloads'], workloads),
    ...items(
      ['customRules'],
      customRules.map(({written}) => written),
    ),
    ...items(
      ['admissionPolicies'],
      admissionPolicies.map(({file}) => file),
    ),
    ...items(['locked'], locked),
  ];
}

/** In a policy file, every port is no `ports`. */
function withoutEmptyPorts({ports, ...rest}: DeclaredConnection) {
  return {...rest, ...(ports.length === 0 ? {} : {ports})};
}

/** What the policy that `layers` make does about each rule, in the order of the rules. */
export const effectiveRules = (
  layers: readonly PolicyLayer[],
  policy: Policy,
): readonly EffectiveRule[] =>
  rulesOf(policy).map(({id}) => {
    const mode = policy.rules.get(id) ?? 'off';
    return {
      id,
      mode,
      waits: mode === 'fix' && policy.waiting.has(id),
      origin:
        originIn(layers, ['rules', id]) ?? sourceOf(layers, id) ?? originIn(layers, ['profiles']),
    };
  });

/** The place of a rule that a policy brings itself. */
function sourceOf(layers: readonly PolicyLayer[], id: string): Origin | undefined {
  for (const {choices, originOf} of layers) {
    const at = choices.customRules?.findIndex(each => each.id === id) ?? -1;
    if (at !== -1) return originOf(['customRules', at]);
    const file =
      choices.admissionPolicies?.findIndex(({rules}) => rules.some(each => each.id === id)) ?? -1;
    if (file !== -1) return originOf(['admissionPolicies', file]);
  }
  return undefined;
}

/** The values as one mapping: a policy file that is the same policy. */
export function asPolicyFile(values: readonly EffectiveValue[]): JsonMap {
  const root: Record<string, Json> = {};
  for (const {path, value} of values) put(root, path, value);
  return root;
}

function put(holder: Record<string, Json>, [key, ...rest]: KeyPath, value: Json): void {
  const name = String(key);
  if (rest.length === 0) holder[name] = value;
  else if (typeof rest[0] === 'number') holder[name] = [...((holder[name] ?? []) as Json[]), value];
  else {
    const inner = (holder[name] ?? {}) as Record<string, Json>;
    holder[name] = inner;
    put(inner, rest, value);
  }
}
