import test from 'ava';
import fc from 'fast-check';
import type {JsonMap} from '../../src/json.ts';
import {LabelIndex} from '../../src/kubernetes/label-index.ts';
import {selectsLabels} from '../../src/kubernetes/label-selector.ts';
import {maySameNamespace} from '../../src/kubernetes/name-index.ts';
import type {Resource} from '../../src/kubernetes/resource.ts';

const item = (labels: JsonMap, namespace?: string) => ({
  labels,
  resource: {name: 'x', ...(namespace === undefined ? {} : {namespace})} as Resource,
});

const key = fc.constantFrom('app', 'tier', 'app=x', 'a');
const value = fc.constantFrom('x', 'y', '', 'x=y');
const namespace = fc.constantFrom('one', 'two', undefined);
const expression = fc.record({
  key,
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Odd'),
  values: fc.array(value, {maxLength: 3}),
});
const selector = fc.record({
  matchLabels: fc.dictionary(key, value, {maxKeys: 2}),
  matchExpressions: fc.array(expression, {maxLength: 2}),
});
const labelled = fc
  .tuple(fc.dictionary(key, value, {maxKeys: 3}), namespace)
  .map(([labels, where]) => item(labels, where));

test('finds what a look at each would find, of few and of many', t => {
  const many = fc.oneof(
    fc.array(labelled, {maxLength: 10}),
    fc.array(labelled, {minLength: 200, maxLength: 300, size: 'max'}),
  );
  const property = fc.property(
    many,
    selector,
    namespace,
    fc.nat(300),
    (items, wanted, where, gone) => {
      const index = new LabelIndex(items);
      const rest = index.rest();
      for (const each of items.slice(0, gone)) rest.drop(each);
      const expected = items.filter(
        ({labels, resource}) =>
          maySameNamespace(where, resource.namespace) && selectsLabels(wanted, labels),
      );
      const placesOf = (some: readonly (typeof items)[number][]) =>
        some.map(each => items.indexOf(each)).toSorted((one, other) => one - other);
      t.deepEqual(placesOf(index.select(wanted, where)), placesOf(expected));
      const left = expected.filter(each => items.indexOf(each) >= gone);
      t.deepEqual(placesOf(index.select(wanted, where, rest)), placesOf(left));
      t.is(rest.count, Math.max(0, items.length - gone));
    },
  );
  fc.assert(property, {numRuns: 300});
});

test('what is not left is not looked at', t => {
  const items = Array.from({length: 30_000}, (_, at) => item({app: `a${at}`}));
  const index = new LabelIndex(items);
  const rest = index.rest();
  let found = 0;
  for (let at = 0; at < items.length; at++) {
    const wanted = {matchExpressions: [{key: 'app', operator: 'NotIn', values: [`a${at}`]}]};
    for (const each of index.select(wanted, undefined, rest)) {
      rest.drop(each);
      found += 1;
    }
  }
  t.is(found, items.length);
});

test('what is selected over and over is an error in the end', t => {
  const items = Array.from({length: 5000}, (_, at) => item({app: `a${at}`}));
  const index = new LabelIndex(items);
  t.throws(
    () => {
      for (let at = 0; at < items.length; at++) index.select({}, undefined);
    },
    {message: /more than 20,000,000 comparisons/},
  );
});
