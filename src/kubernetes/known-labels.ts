import {asList, asMap, asString, type JsonMap, textOf} from '../json.ts';

/** A truth value; undefined if the stream does not show it. */
export type Known = boolean | undefined;

/** Stands for the value of a label that is certainly there, if the stream does not show it. */
export const someValue = Symbol('some value');

/** The value of a label; null if there is none, undefined if the stream does not show that. */
export type Labels = (key: string) => string | null | typeof someValue | undefined;

/** A test of labels. */
export type LabelTest = (labels: Labels) => Known;

/** Whether all are true; some may be unknown. */
export function all(answers: Iterable<Known>): Known {
  let result: Known = true;
  for (const answer of answers) {
    if (answer === false) return false;
    if (answer === undefined) result = undefined;
  }
  return result;
}

export const not = (answer: Known): Known => (answer === undefined ? undefined : !answer);

/** A test of one label; `test` gets null if there is no such label. */
export const ofLabel =
  (key: string, test: (value: string | null) => boolean): LabelTest =>
  labels => {
    const value = labels(key);
    return value === undefined || value === someValue ? undefined : test(value);
  };

/** The test whether there is such a label. */
export const ofPresence =
  (key: string): LabelTest =>
  labels => {
    const value = labels(key);
    return value === undefined ? undefined : value !== null;
  };

/** The test for a LabelSelector; an unknown operator selects nothing. */
export function testOf(selector: JsonMap | undefined): LabelTest {
  const tests = [
    ...Object.entries(asMap(selector?.['matchLabels']) ?? {}).map(([key, wanted]) =>
      ofLabel(key, value => value === textOf(wanted ?? '')),
    ),
    ...asList(selector?.['matchExpressions']).map(item => requirementOf(asMap(item) ?? {})),
  ];
  return labels => all(tests.map(test => test(labels)));
}

function requirementOf({key, operator, values}: JsonMap): LabelTest {
  const listed = new Set(asList(values).map(textOf));
  const has = (value: string | null) => value !== null && listed.has(value);
  const name = asString(key) ?? '';
  switch (operator) {
    case 'In':
      return ofLabel(name, has);
    case 'NotIn':
      return ofLabel(name, value => !has(value));
    case 'Exists':
      return ofPresence(name);
    case 'DoesNotExist':
      return labels => not(ofPresence(name)(labels));
    default:
      return () => false;
  }
}
