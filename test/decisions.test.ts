import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {withEntries} from '../src/config/add-entries.ts';
import {parsePolicy} from '../src/config/parse.ts';
import {profiles} from '../src/config/profiles.ts';
import {type PolicyChoices, resolvePolicy} from '../src/config/resolve.ts';
import {decisionsOn} from '../src/decisions.ts';
import {refusalOf} from '../src/findings/refusal.ts';
import {harden} from '../src/harden.ts';
import {readStream} from '../src/stream/manifest-stream.ts';
import {charts, renderedFile} from './fixtures/charts.ts';
import {repository} from './tools/tools.ts';

const folder = path.resolve(repository, process.env['CORPUS_FOLDER'] ?? '../shared/corpus');
const corpus = existsSync(folder)
  ? readdirSync(folder)
      .filter(file => file.endsWith('.yaml'))
      .map(file => path.join(folder, file))
  : [];
const cases = path.join(repository, 'test/cases');
const inputs = readdirSync(cases)
  .map(name => path.join(cases, name, 'input.yaml'))
  .filter(file => existsSync(file));
const texts = [...charts.map(renderedFile), ...inputs, ...corpus].map(file =>
  readFileSync(file, 'utf8'),
);

const day = '2030-01-01';

for (const profile of Object.keys(profiles)) {
  test(`${profile}: under the entries that are printed, nothing is left to decide`, t => {
    let decided = 0;
    for (const text of texts) {
      const choices: PolicyChoices = {profiles: [profile], undecided: 'refuse', blockOn: 'low'};
      const {allowances, left} = decisionsOn([readStream(text, 'in')], resolvePolicy(choices), day);
      const pasted = parsePolicy(parse(withEntries('', allowances) ?? ''), 'p', () => undefined);
      const policy = resolvePolicy({...choices, ...pasted});
      const told = harden(text, 'in', policy, day);
      t.deepEqual(left, []);
      t.is(refusalOf(told, policy), undefined);
      t.is(told.summary.undecided + told.summary.remaining, 0);
      t.deepEqual(told.staleExceptions, []);
      const again = decisionsOn([readStream(text, 'in')], policy, day);
      t.deepEqual(again.allowances, {exceptions: [], exposed: [], connections: []});
      decided += allowances.exceptions.length + allowances.exposed.length;
    }
    t.true(decided > 5, `${decided}`);
  });
}

test('what has no name that means it alone is named, not allowed', t => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: "*"}
spec: {hostNetwork: true, containers: []}
`;
  const policy = resolvePolicy({profiles: ['audit']});
  const {allowances, left} = decisionsOn([readStream(pod, 'in')], policy, day);
  t.deepEqual(allowances, {exceptions: [], exposed: [], connections: []});
  t.true(left.some(({rule}) => rule === 'no-host-network'));
});

test('an entry that has expired is written anew', t => {
  const service = `apiVersion: v1
kind: Service
metadata: {name: edge}
spec: {type: LoadBalancer, selector: {app: edge}, ports: [{port: 80}]}
`;
  const match = {kind: 'Service', name: 'edge'};
  const exposed = [{match, reason: 'the entrance', expires: '2020-01-01'}];
  const policy = resolvePolicy({profiles: ['audit'], exposed});
  const {allowances} = decisionsOn([readStream(service, 'in')], policy, day);
  t.deepEqual(
    allowances.exposed.map(entry => entry.match),
    [match],
  );
});
