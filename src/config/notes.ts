import {isPattern} from '../policy/selector.ts';
import {findRule} from '../rules/index.ts';
import type {PolicyChoices} from './resolve.ts';

/** What in a policy does less than it seems to say, or allows more, one sentence each. */
export function notesOn({
  rules = {},
  exceptions = [],
  exposed = [],
}: PolicyChoices): readonly string[] {
  const unfixable = Object.keys(rules).filter(
    id => rules[id] === 'fix' && !isPattern(id) && findRule(id)?.rewrite === undefined,
  );
  const wide = Object.entries({exceptions, exposed}).flatMap(([key, entries]) =>
    entries.flatMap(({match}, at) => (Object.keys(match).length === 0 ? [`${key}.${at}`] : [])),
  );
  return [
    ...unfixable.map(
      id => `\`${id}: fix\` in the policy only flags, because the rule has no rewrite`,
    ),
    ...exceptions.flatMap(({match: {image}}, at) =>
      image !== undefined && /^[^/]*\*/.test(image)
        ? [
            `\`image: ${image}\` of exceptions.${at} in the policy also matches images of other registries`,
          ]
        : [],
    ),
    ...wide.map(entry => `\`match: {}\` of ${entry} in the policy matches every object`),
  ];
}
