import {documents, object, pod, repeat} from '../manifests.ts';
import type {Shape} from '../shape.ts';

/** A pod with a finding, and a field of which `text` is the value, with its lines. */
const podWith = (text: string): string =>
  `x: ${text}\n${pod('  hostNetwork: true\n  containers: [{name: c, image: i, securityContext: {privileged: true}}]\n')}`;

const text = (name: string, from: number, stream: (count: number) => string): Shape => ({
  name,
  args: [],
  from,
  stream,
});

/** Unusual YAML text. */
export const textShapes: readonly Shape[] = [
  text('sequences within sequences', 1000, count =>
    podWith(`${'['.repeat(count)}${']'.repeat(count)}`),
  ),
  text('mappings within mappings', 1000, count =>
    podWith(`\n${repeat(Math.floor(Math.sqrt(count)), index => `${' '.repeat(index + 1)}a:\n`)}`),
  ),
  text('sequences within sequences, each on its line of dashes', 1000, count =>
    podWith(`\n  ${'- '.repeat(count)}a`),
  ),
  text('a long plain scalar in a line', 100_000, count => podWith('word '.repeat(count))),
  text('a long plain scalar of many lines', 50_000, count =>
    podWith(`a\n${'  word\n'.repeat(count)}`),
  ),
  text('a long quoted scalar of escapes', 50_000, count =>
    podWith(`"${'\\u00e9\\n'.repeat(count)}"`),
  ),
  text('a long quoted scalar of many lines', 50_000, count =>
    podWith(`"a\n${'  word\n'.repeat(count)}  "`),
  ),
  text('a long block scalar', 50_000, count => podWith(`|\n${'  word\n'.repeat(count)}`)),
  text('a folded block scalar with blank lines', 50_000, count =>
    podWith(`>\n${'  word\n\n'.repeat(count)}`),
  ),
  text('blank lines', 100_000, count => podWith(`a\n${'\n'.repeat(count)}`)),
  text('lines of comments above a field', 50_000, count =>
    podWith(`a\n${'# it must be\n'.repeat(count)}`),
  ),
  text('comments between fields', 10_000, count =>
    podWith(`a\n${repeat(count, index => `# because\nk${index}: v # needed\n`)}`),
  ),
  text('keys of one mapping', 10_000, count =>
    podWith(`\n${repeat(count, index => `  k${index}: v\n`)}`),
  ),
  text('keys of one mapping in flow style', 10_000, count =>
    podWith(`{${Array.from({length: count}, (_, index) => `k${index}: v`).join(', ')}}`),
  ),
  text('items of one list', 20_000, count => podWith(`\n${'  - v\n'.repeat(count)}`)),
  text('aliases of one anchor', 10_000, count =>
    podWith(`&a {k: v}\ny:\n${'  - *a\n'.repeat(count)}`),
  ),
  text('anchors and aliases', 10_000, count =>
    podWith(`\n${repeat(count, index => `  - &a${index} {k: v}\n  - *a${index}\n`)}`),
  ),
  text('aliases of aliases (a billion laughs)', 5, count =>
    podWith(
      `&a0 [x]\n${repeat(count, index => `y${index}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(', ')}]\n`)}`,
    ),
  ),
  text('mappings that merge one mapping', 1000, count =>
    podWith(`&a {k: v}\ny:\n${repeat(count, () => '  - {<<: *a, l: w}\n')}`),
  ),
  text('mappings that merge the one before', 1000, count =>
    podWith(
      `&a0 {k: v}\ny:\n${repeat(count, index => `  - &a${index + 1} {<<: *a${index}, k${index}: w}\n`)}`,
    ),
  ),
  text('a mapping that merges many', 1000, count =>
    podWith(
      `\n${repeat(count, index => `  - &a${index} {k${index}: v}\n`)}y: {<<: [${Array.from({length: count}, (_, index) => `*a${index}`).join(', ')}]}`,
    ),
  ),
  text(
    'containers that merge one mapping',
    500,
    count =>
      `x: &a {image: i, securityContext: {privileged: true}}\n${pod(`  containers:\n${repeat(count, index => `    - <<: *a\n      name: c${index}\n`)}`)}`,
  ),
  text('containers that are aliases of one', 500, count =>
    pod(
      `  containers:\n    - &a {name: c, image: i, securityContext: {privileged: true}}\n${repeat(count, () => '    - *a\n')}`,
    ),
  ),
  text(
    'one container that many pods of a List alias',
    500,
    count =>
      `apiVersion: v1\nkind: List\nx: &a {name: c, image: i, securityContext: {privileged: true}}\nitems:\n${repeat(count, index => `- {apiVersion: v1, kind: Pod, metadata: {name: p${index}}, spec: {containers: [*a]}}\n`)}`,
  ),
  text('separators', 100_000, count => '---\n'.repeat(count) + podWith('a')),
  text('separators and comments', 100_000, count => '---\n#\n'.repeat(count) + podWith('a')),
  text(
    'documents of comments',
    10_000,
    count => repeat(count, index => `# ${index}\n---\n`) + podWith('a'),
  ),
  text('small documents of other kinds', 5000, count =>
    documents(count, index => object('v1', 'ConfigMap', `c${index}`, 'data: {a: b}')),
  ),
  text('tags', 10_000, count => podWith(`\n${'  - !!str v\n'.repeat(count)}`)),
  text(
    'directives',
    10_000,
    count => `${repeat(count, index => `%FOO${index} bar\n`)}---\n${podWith('a')}`,
  ),
  text('explicit keys', 10_000, count =>
    podWith(`\n${repeat(count, index => `  ? k${index}\n  : v\n`)}`),
  ),
  text('quotes that never end', 20_000, count => podWith(`"${'a\n  '.repeat(count)}`)),
  text('question marks and colons', 20_000, count => podWith(`{${'?:,'.repeat(count)}}`)),
  text(
    'lists within Lists',
    500,
    count => `${'{"apiVersion":"v1","kind":"List","items":['.repeat(count)}${']}'.repeat(count)}`,
  ),
];
