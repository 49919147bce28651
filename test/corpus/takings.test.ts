import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {testWithCorpus} from '../tools/corpus.ts';
import {reviewedFiles, takingsFile} from './files.ts';
import {differences, readTakings, takingsOf} from './takings.ts';

const reviewed = readTakings(readFileSync(takingsFile, 'utf8'));

for (const file of reviewedFiles) {
  const name = path.basename(file);
  test(`${name}: the default profile takes what was reviewed`, t => {
    const takings = takingsOf(readFileSync(file, 'utf8'));
    t.is(differences(name, takings, reviewed.get(name) ?? []), '');
  });
}

testWithCorpus()('takings are reviewed of no file that is gone', t => {
  const names = reviewedFiles.map(file => path.basename(file));
  t.deepEqual(
    [...reviewed.keys()].filter(name => !names.includes(name)),
    [],
  );
});

const mistaken = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: nginx, ports: [{containerPort: 80, hostPort: 80}]}
`;

test('a taking that is new, lost or not explained is told with the lines to write', t => {
  const found = takingsOf(mistaken);
  const lines =
    'web.yaml:\n  - at: Pod/web web\n    taken:\n      - no-host-port /spec/containers/0/ports/0/hostPort\n    because:';
  t.is(
    differences('web.yaml', found, []),
    `add to takings.yaml, with the reason after a review:\n${lines}\n`,
  );
  t.is(
    differences('web.yaml', found, readTakings(lines).get('web.yaml') ?? []),
    `say in takings.yaml why:\n${lines}\n`,
  );
  const explained = readTakings(`${lines} a page needs no port of its node`).get('web.yaml') ?? [];
  t.is(differences('web.yaml', found, explained), '');
  t.is(
    differences('web.yaml', [], explained),
    `remove from takings.yaml:\n${lines} a page needs no port of its node\n`,
  );
});
