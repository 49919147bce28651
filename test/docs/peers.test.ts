import test from 'ava';
import {coveragePage} from '../../scripts/docs/coverage.ts';
import {idsIn} from '../../scripts/docs/peer-tables.ts';
import {beyond, peers} from '../../scripts/docs/peers.ts';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {audit} from '../../src/harden.ts';
import {findRule, rules} from '../../src/rules/index.ts';
import {runExample} from '../rules/examples.ts';

for (const {name, checks} of peers) {
  test(`${name}: each cell names rules or a reason`, t => {
    for (const [check, answer] of Object.entries(checks)) {
      const isReason = Object.keys(beyond).some(key => answer === `-${key}`);
      const ids = idsIn(answer);
      t.true(isReason || !answer.startsWith('-'), `${check}: ${answer}`);
      for (const id of ids) t.truthy(findRule(id), `${check}: ${id}`);
      t.is(new Set(ids).size, ids.length, check);
    }
  });
}

/** The rules that find something in their own example, by their ids. */
const shown = new Map<string, Promise<boolean>>();

const isShown = async (id: string): Promise<boolean> =>
  (await runExample(id)).findings.split('\n').some(line => /^(?:fixed|flagged|waits)/.test(line));

test('each rule that a cell names finds something', async t => {
  for (const {name, checks} of peers) {
    for (const [check, answer] of Object.entries(checks)) {
      for (const id of idsIn(answer)) {
        if (!shown.has(id)) shown.set(id, isShown(id));
        t.true(await shown.get(id), `${name}, ${check}: ${id}`);
      }
    }
  }
});

const finds = test.macro((t, id: string, text: string, choices: PolicyChoices = {}) => {
  const {findings} = audit(text, 'in', resolvePolicy({profiles: ['audit'], ...choices}));
  t.true(findings.some(({rule}) => rule === id));
});

const pod = (container: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: other.example.org/a, ${container}}]}\n`;

test('sudo', finds, 'no-privilege-escalation', pod('command: [sudo, run]'));
test(
  'registries',
  finds,
  'pin-images',
  pod('imagePullPolicy: Always').replace('/a,', `/a@sha256:${'0'.repeat(64)},`),
  {registries: {allowed: ['registry.example.org']}},
);

test('no cell is empty', t => {
  const page = coveragePage(rules);
  t.regex(page, /^\| 5\.2\.2 \| .* \| \[no-privileged\]/m);
  t.notRegex(page, /nothing\*\*|\|\s*\|$/m);
});
