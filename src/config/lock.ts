import {mayExpose} from '../policy/exceptions.ts';
import type {EntryLocks, Exposure} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {rules, rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import {mergeLayers, originText, type PolicyLayer} from './layers.ts';
import {resolvePolicy} from './resolve.ts';

/** A value under `locked`. */
export interface Lock {
  /** The key before the dot. */
  readonly key: string;
  /** The rule or the key after the dot, as a pattern; `*` if the whole key is locked. */
  readonly part: string;
  /** The lock and its place, as a sentence. */
  readonly text: string;
}

/** The locks of a layer. */
export const locksIn = ({choices, originOf}: PolicyLayer): readonly Lock[] =>
  (choices.locked ?? []).map((lock, at) => {
    const [key = '', part = '*'] = lock.split(/\.(.*)/s);
    return {key, part, text: `\`${lock}\` is locked in ${originText(originOf(['locked', at]))}`};
  });

/** Of `all`, the rules that a pattern names. */
const namedBy = (pattern: string, all: readonly Rule[] = rules): readonly Rule[] =>
  all.filter(({id}) => matches(pattern, id));

/** The rule that adds NetworkPolicies. */
const networkRule = 'require-network-policy';

/** Of `all`, the rules that `lock` keeps as they are. */
export function keptRules({key, part}: Lock, all: readonly Rule[]): readonly Rule[] {
  if (key === 'profile') return all;
  if (key === 'rules') return namedBy(part, all);
  return key === 'networkPolicy' && part === '*' ? namedBy(networkRule, all) : [];
}

/** Of `all`, the rules to which `lock` forbids exceptions: no entry and no annotation may allow their findings. */
export function unexceptable({key, part}: Lock, all: readonly Rule[]): readonly Rule[] {
  if (key === 'exceptions') return namedBy(part, all);
  return key === 'networkPolicy' && part === '*' ? namedBy(networkRule, all) : [];
}

/** The rules whose findings an `exposed` entry must not allow. It opens the NetworkPolicies of its pods to everyone. */
export function unexposable({key, part}: Lock, exposure: Pick<Exposure, 'match'>): readonly Rule[] {
  const allowed = rules.filter(rule => mayExpose(rule, exposure));
  if (key === 'exposed') return allowed;
  if (key === 'networkPolicy' && matches(part, 'ingress')) return allowed;
  return key === 'exceptions' ? allowed.filter(({id}) => matches(part, id)) : [];
}

/** What no entry in a layer above `layers` may allow. */
export function entryLocks(layers: readonly PolicyLayer[]): EntryLocks {
  const exceptions = new Map<string, string>();
  const locks = layers.flatMap(locksIn);
  if (locks.length === 0) return {exceptions};
  const all = rulesOf(resolvePolicy(mergeLayers(layers)));
  for (const lock of locks) {
    for (const {id} of unexceptable(lock, all)) {
      if (!exceptions.has(id)) exceptions.set(id, lock.text);
    }
  }
  // Entries that are proposed name the kind.
  const onExposed = locks.find(lock => unexposable(lock, {match: {kind: '*'}}).length > 0);
  const onConnections = locks.find(
    ({key, part}) => key === 'networkPolicy' && matches(part, 'connections'),
  );
  return {
    exceptions,
    ...(onExposed === undefined ? {} : {exposed: onExposed.text}),
    ...(onConnections === undefined ? {} : {connections: onConnections.text}),
  };
}
