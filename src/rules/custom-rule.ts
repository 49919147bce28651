import type {CustomRule} from '../policy/policy.ts';
import type {Rule} from './rule.ts';

/** A rule of the policy in the form of the built-in ones. It only flags. */
export const asRule = ({
  id,
  title,
  severity,
  remedy,
  rationale,
  references,
  kinds,
  judge,
}: CustomRule): Rule => ({
  id,
  title,
  severity,
  remedy,
  rationale,
  references: references.length === 0 ? {} : {other: references},
  // What an expression may know of a namespace is in its Namespace.
  kinds: kinds === 'all' ? kinds : [...kinds, 'Namespace'],
  *checkResource(resource, {stream}) {
    for (const judgement of judge(resource, stream)) {
      const {isUnknown, lacksNamespace, severity: own, message, part, seen} = judgement;
      yield {
        path: [],
        message: isUnknown === true ? `${id} ${message}` : message,
        ...(own === undefined ? {} : {severity: own}),
        ...(part === '' ? {} : {part}),
        ...(seen === undefined ? {} : {seen}),
        ...(isUnknown === undefined ? {} : {isNote: isUnknown}),
        ...(lacksNamespace === undefined ? {} : {lacksNamespace}),
      };
    }
  },
});
