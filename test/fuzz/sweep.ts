import {isList, isMap, type Json, type JsonMap, type Path} from '../../src/json.ts';
import {stringify} from '../../src/yaml/emit.ts';
import {replaced} from './confuse.ts';

/** The values to try in each field; undefined removes the field. */
const values: readonly (Json | undefined)[] = [
  ...[undefined, null, true, false, 0, -1, 1.5, 1e21, '', 'a', '*', '\u202e😀\n', 'x'.repeat(300)],
  ...[[], [null], [[]], [{}], ['a', 'a'], [1], {}, {a: {b: 'c'}}, {a: ['b']}, {'': null}],
];

/** The objects around the changed one, because references need their targets. */
const around = [
  'Deployment/web',
  'StatefulSet/db',
  'Service/web',
  'Service/db',
  'NetworkPolicy/web',
];

const titleOf = ({kind, metadata}: JsonMap): string =>
  `${kind}/${isMap(metadata) ? metadata['name'] : ''}`;

/** A stream for each field of each of `objects`, and each value of another type in its place. */
export function* everyConfusion(objects: readonly JsonMap[]): Iterable<string> {
  const others = objects.filter(object => around.includes(titleOf(object)));
  for (const object of objects) {
    const rest = others.filter(other => other !== object).map(stringify);
    for (const path of pathsIn(object)) {
      for (const value of values) {
        yield [stringify(replaced(object, path, value)), ...rest].join('---\n');
      }
    }
  }
}

function* pathsIn(value: Json | undefined, path: Path = []): Iterable<Path> {
  if (path.length > 0) yield path;
  if (!isList(value) && !isMap(value)) return;
  const steps: readonly (string | number)[] = isList(value)
    ? [...value.keys()]
    : Object.keys(value);
  for (const step of steps) {
    yield* pathsIn((value as Record<string | number, Json>)[step], [...path, step]);
  }
}
