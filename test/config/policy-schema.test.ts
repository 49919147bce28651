import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {parse} from 'yaml';
import {nowhere, parsePolicy} from '../../src/config/parse.ts';
import {readPolicyText} from '../../src/config/policy-text.ts';
import {PolicyError} from '../../src/errors.ts';
import {drawPolicy} from '../fuzz/examine-policy.ts';
import {repository} from '../tools/tools.ts';
import {chooseAtRandom} from '../yaml/choices.ts';

const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const ajv = new Ajv2020({strict: false, allErrors: false, validateFormats: false});
const isAccepted = ajv.compile(JSON.parse(read('docs/policy.schema.json')));

/** What JSON Schema cannot say: mistakes that only the validator finds. */
const unsayable = [
  /must be a date like/,
  /must be an address range/,
  /must contain only parts of/,
  /`endPort` must not be below `port`/,
  /must be "fix" or left out/,
  /unknown rule "[^"]*\*/,
  /cannot be locked: "\w+\.[^"]*\*/,
  /must be a port, or a range/,
  /must be an address, or a range/,
];

function mistakesIn(value: unknown): readonly string[] {
  try {
    parsePolicy(value, 'policy.yaml', nowhere);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.mistakes.map(({message}) => message);
    throw error;
  }
}

test('the example with every key is valid for both', t => {
  const example = parse(read('test/fuzz/policy.yaml'));
  t.deepEqual(mistakesIn(example), []);
  t.true(isAccepted(example), JSON.stringify(isAccepted.errors));
});

test('the JSON Schema accepts what the validator accepts, and refuses what it can say', t => {
  const choose = chooseAtRandom(7);
  const counts = {valid: 0, refused: 0, unsaid: 0};
  for (let count = 0; count < 3000; count++) {
    const text = drawPolicy(choose);
    const value = readValue(text);
    if (value === undefined) continue;
    const mistakes = mistakesIn(value);
    const accepts = isAccepted(value);
    if (mistakes.length === 0) {
      counts.valid++;
      t.true(accepts, `${JSON.stringify(isAccepted.errors)}\n${text}`);
    } else if (accepts) {
      counts.unsaid++;
      const said = mistakes.filter(message => !unsayable.some(form => form.test(message)));
      t.deepEqual(said, [], text);
    } else counts.refused++;
  }
  t.true(counts.valid > 300, JSON.stringify(counts));
  t.true(counts.refused > 300, JSON.stringify(counts));
});

/** The policy in `text`; undefined if it is none, or a functionConfig. */
function readValue(text: string): unknown {
  try {
    const {value} = readPolicyText('policy.yaml', text);
    return typeof value === 'object' && value !== null && 'apiVersion' in value ? undefined : value;
  } catch {
    return undefined;
  }
}

const mistaken = test.macro((t, policy: string) => {
  const value = parse(policy);
  t.not(mistakesIn(value).length, 0);
  t.false(isAccepted(value));
});

for (const policy of [
  '[a]',
  'rules: [no-host-port]',
  'rules: {no-host-prt: off}',
  'rules: {no-host-port: maybe}',
  'profile: []',
  'podSecurityVersion: 1.34',
  'exceptions: [{rules: [no-host-port], match: {}}]',
  'exceptions: [{rules: [], match: {}, reason: a}]',
  "exceptions: [{rules: [no-host-port], match: {name: ''}, reason: a}]",
  'exposed: [{match: {container: a}, reason: a}]',
  'exposed: [{match: {}, reason: a, expires: 2027-13-01}]',
  'networkPolicy: {dns: [{cidrs: [10.0.0.0/8, 10.0.0.1/32], except: [10.0.0.1/32]}]}',
  'networkPolicy: {nodes: [{}]}',
  'networkPolicy: {monitoring: [{pods: {matchExpressions: [{key: a, operator: In}]}}]}',
  'networkPolicy: {monitoring: [{pods: {matchExpressions: [{key: a, operator: Exists, values: [a]}]}}]}',
  'networkPolicy: {monitoring: [{pods: {matchLabels: {a/b/c: d}}}]}',
  'networkPolicy: {connections: [{from: {cidrs: [10.0.0.0/8]}, to: {cidrs: [10.0.0.0/8]}, reason: a}]}',
  'networkPolicy: {dns: [{cidrs: [10.0.0.0/8], ports: [a--b]}]}',
  'unknown: 1',
  'exceptions: [{rules: [no-root], match: {hostPorts: [80]}, reason: a}]',
  'exceptions: [{rules: [no-host-path], match: {hostPaths: [/a/../b]}, reason: a}]',
  "exceptions: [{rules: [no-host-port], match: {hostPorts: ['80']}, reason: a}]",
  'locked: [profil]',
  'networkPolicy: {monitoring: [{namespaces: []}]}',
  'networkPolicy: {monitoring: [{pods: []}]}',
  'exceptions: [{rules: [no-root], match: [], reason: a}]',
  'exceptions: [{rules: [no-root], match: {labels: [a]}, reason: a}]',
  'locked: [rules.no-host-prt]',
]) {
  test(`both refuse ${policy}`, mistaken, policy);
}
