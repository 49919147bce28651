import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {liveConcernOf, liveKinds} from '../../src/check/live-kinds.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {asList, asMap, textOf} from '../../src/json.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {repository} from '../tools/tools.ts';

/** The names that their definitions give to Gatekeeper's kinds have no plural. */
const withoutPlural = ['Assign', 'AssignImage', 'AssignMetadata', 'ModifySet'];

/** The name of a kind in requests, as the definitions of all these kinds choose it. */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (withoutPlural.includes(kind)) return word;
  if (/(?:s|x|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}

const file = path.join(repository, 'kustomize/reports/reader.yaml');

test('the role of the reports lists exactly the kinds that an audit reads', t => {
  const [role] = readStream(readFileSync(file, 'utf8'), file).resources;
  const granted = asList(role?.value['rules']).flatMap(item => {
    const rule = asMap(item);
    t.deepEqual(rule?.['verbs'], ['list']);
    const [group] = asList(rule?.['apiGroups']).map(each => textOf(each));
    return asList(rule?.['resources']).map(resource => `${group}/${textOf(resource)}`);
  });
  const read = [...liveKinds].map(key => {
    const [group = '', kind = ''] = key.split('/');
    return `${group}/${pluralOf(kind)}`;
  });
  t.deepEqual([...granted].sort(), [...read].sort());
});

test('with every rule on, all of them are read; and no Secret, whatever the policy', t => {
  const isRead = liveConcernOf(resolvePolicy({profiles: ['audit']}));
  for (const key of liveKinds) {
    const [group = '', kind = ''] = key.split('/');
    t.true(isRead({group, kind}), key);
  }
  for (const [group, kind] of [
    ['', 'Secret'],
    ['', 'Event'],
    ['', 'Node'],
    ['example.com', 'Widget'],
    ['apiextensions.k8s.io', 'CustomResourceDefinition'],
  ] as const) {
    t.false(isRead({group, kind}), kind);
  }
});
