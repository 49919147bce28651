import test from 'ava';
import {UsageError} from '../../src/errors.ts';
import type {Resource} from '../../src/kubernetes/resource.ts';
import {lookAt} from '../../src/stream/look.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {readTables} from '../yaml/table.ts';

const look = (text: string) => lookAt(text, 0, text.length, () => false);

const seen = test.macro((t, text: string, kind: string) => {
  t.is(look(text)?.kind, kind);
});
const config = 'apiVersion: v1\nkind: ConfigMap\n';

test('as charts write it', seen, `${config}metadata:\n  name: a\ndata:\n  b: "1"\n`, 'ConfigMap');
test('below comments', seen, `\n# Source: a/b.yaml\n\n# more\n${config}data: {}\n`, 'ConfigMap');
test('a list at its key', seen, `${config}x:\n- kind: Pod\n# items:\n\n- b\n`, 'ConfigMap');
test('no line break at the end', seen, `${config}data: {}`, 'ConfigMap');
test('a kind within a text', seen, `${config}data:\n  a: |\n    kind: Pod\n`, 'ConfigMap');
test('other languages', seen, `${config}data: {a: 日本語}\n`, 'ConfigMap');

test(
  'below a million comments',
  seen,
  `${'#\n'.repeat(1_000_000)}${config}data: {}\n`,
  'ConfigMap',
);

/** What each hides, or might hide: only parsing can tell. */
const hidden: Readonly<Record<string, string>> = {
  'another kind': `${config}kind: Pod\n`,
  'another kind, in a quoted key': `${config}"kind": Pod\n`,
  'another kind, in a key with an escape': `${config}"k\\x69nd": Pod\n`,
  'another kind, in an explicit key': `${config}? kind\n: Pod\n`,
  'another kind, in a key with a tag': `${config}!!str kind: Pod\n`,
  'another kind, in a key with an anchor': `${config}&a kind: Pod\n`,
  'another kind, in an alias': `${config}*a : Pod\n`,
  'another kind, merged': `${config}<<: {kind: Pod}\n`,
  'another kind, with a blank before the colon': `${config}kind : Pod\n`,
  'another kind, in other letters': `${config}Kind: Pod\n`,
  'another kind, after a next line': `${config}data: a\u0085kind: Pod\n`,
  'another kind, after a line separator': `${config}data: a\u2028kind: Pod\n`,
  'another kind, after a carriage return': `${config}data: a\rkind: Pod\n`,
  'another kind, behind a byte-order mark': `${config}\uFEFFkind: Pod\n`,
  'another kind, behind a tab': `${config}data: {}\n\tkind: Pod\n`,
  'another document': `${config}data: {}\n...\nkind: Pod\n`,
  'a kind of two lines': 'apiVersion: v1\nkind: ConfigMap\n  Pod\ndata: {}\n',
  'a list of objects': `${config}items:\n- kind: Pod\n`,
  'a key that stands twice': `${config}data: {}\ndata: {}\n`,
  'a directive': `%YAML 1.1\n${config}data: {}\n`,
  'a text before it': `a: "\n${config}b: "\nkind: Pod\n`,
  'a comment on the kind': 'apiVersion: v1\nkind: ConfigMap # no\ndata: {}\n',
  'an anchor on the kind': 'apiVersion: v1\nkind: &a ConfigMap\ndata: {}\n',
  'a kind that is no text': 'apiVersion: v1\nkind: Yes\ndata: {}\n',
  'a group that is no domain': 'apiVersion: a..b/v1\nkind: ConfigMap\ndata: {}\n',
  'a version that is too long': `apiVersion: v1${'0'.repeat(70)}\nkind: ConfigMap\ndata: {}\n`,
  'a kind that is too long': `apiVersion: v1\nkind: A${'b'.repeat(70)}\ndata: {}\n`,
  'a version that is no text': 'apiVersion: no\nkind: ConfigMap\ndata: {}\n',
  'flow style': '{apiVersion: v1, kind: ConfigMap}\n',
  'nothing more': config,
};

for (const [name, text] of Object.entries(hidden)) {
  test(`${name} is left to the reader`, t => {
    t.is(look(text), undefined);
  });
}

/** The objects of the text, or undefined if Kubernetes would refuse it. */
function read(text: string): readonly Resource[] | undefined {
  try {
    return readStream(text, 'a.yaml').resources;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

test('what is seen is what is read, whatever follows the head', t => {
  let count = 0;
  for (const {cases} of readTables()) {
    for (const {name, bytes} of cases) {
      for (const middle of ['', 'metadata:\n  ', 'data: "', 'data:\n- ', 'data: |\n']) {
        const text = `${config}${middle}${Buffer.from(bytes).toString()}`;
        const resources = look(text) === undefined ? undefined : read(text);
        if (resources === undefined) continue;
        count++;
        const heads = resources.map(({apiVersion, kind, path}) => ({apiVersion, kind, path}));
        t.deepEqual(heads, [{apiVersion: 'v1', kind: 'ConfigMap', path: []}], name);
      }
    }
  }
  t.true(count > 100, String(count));
});
