import {PolicyError, type PolicyMistake} from '../errors.ts';
import {isPattern} from '../policy/selector.ts';
import {findRule} from '../rules/index.ts';
import {suggestion} from '../text/suggest.ts';
import {mergeLayers, type Origin, originText, type PolicyLayer} from './layers.ts';
import {customRulesOf} from './resolve.ts';
import {withOwnModes} from './rule-patterns.ts';

/** `layers` with the modes of their own rules, where they are written as patterns. */
export function withOwnRules(layers: readonly PolicyLayer[]): readonly PolicyLayer[] {
  const ids = customRulesOf(mergeLayers(layers)).map(({id}) => id);
  return layers.map(layer => {
    const {rules} = layer.choices;
    if (rules === undefined) return layer;
    return {...layer, choices: {...layer.choices, rules: withOwnModes(rules, ids)}};
  });
}

/**
 * Refuses layers of which two have a rule of the same name, or that name a rule which none has: what a policy allows,
 * or turns off, exists.
 *
 * @throws {PolicyError} with each mistake
 */
export function requireOwnRules(layers: readonly PolicyLayer[]): void {
  const mistakes = [...duplicates(layers), ...unknownNames(layers)];
  if (mistakes.length > 0) throw new PolicyError(mistakes);
}

function duplicates(layers: readonly PolicyLayer[]): readonly PolicyMistake[] {
  const found = new Map<string, Origin>();
  return layers.flatMap(({choices: {customRules = [], admissionPolicies = []}, originOf}) =>
    [
      ...customRules.map(({id}, at) => ({id, origin: originOf(['customRules', at, 'id'])})),
      ...admissionPolicies.flatMap(({rules}, at) =>
        rules.map(({id}) => ({id, origin: originOf(['admissionPolicies', at])})),
      ),
    ].flatMap(({id, origin}) => {
      const first = found.get(id);
      if (first === undefined) {
        found.set(id, origin);
        return [];
      }
      return [mistakeAt(origin, `there is a rule ${id} already, in ${originText(first)}`)];
    }),
  );
}

function unknownNames(layers: readonly PolicyLayer[]): readonly PolicyMistake[] {
  const ids = customRulesOf(mergeLayers(layers)).map(({id}) => id);
  const own = new Set(ids);
  const isKnown = (id: string) => isPattern(id) || findRule(id) !== undefined || own.has(id);
  const mistake = (id: string, origin: Origin) =>
    mistakeAt(origin, `unknown rule "${id}"${suggestion(id, ids)}: the policy has no such rule`);
  return layers.flatMap(({choices: {rules = {}, exceptions = []}, originOf}) => [
    ...Object.keys(rules)
      .filter(id => !isKnown(id))
      .map(id => mistake(id, originOf(['rules', id]))),
    ...exceptions.flatMap(({rules: named}, at) =>
      named.flatMap((id, index) =>
        isKnown(id) ? [] : [mistake(id, originOf(['exceptions', at, 'rules', index]))],
      ),
    ),
  ]);
}

function mistakeAt({option: _, ...place}: Origin, message: string): PolicyMistake {
  return {message, place};
}
