import {existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {lineDiff} from '../../scripts/docs/line-diff.ts';
import {pages} from '../../scripts/docs/pages.ts';
import {loadPolicy} from '../../src/config/load.ts';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {cis, mitre, nist, nsa, pci, podSecurity} from '../../src/frameworks/controls.ts';
import {harden} from '../../src/harden.ts';
import {rules} from '../../src/rules/index.ts';
import {exampleFile} from '../rules/examples.ts';
import {repository} from '../tools/tools.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-docs-'));

for (const [file, text] of pages()) {
  test(`${file} is current: else run \`npm run docs\``, t => {
    const place = path.join(repository, file);
    t.is(existsSync(place) ? readFileSync(place, 'utf8') : undefined, text);
  });
}

test('each page is a rule’s', t => {
  const names = readdirSync(path.join(repository, 'docs/rules'));
  t.deepEqual(names.sort(), [...rules.map(({id}) => `${id}.md`), 'README.md'].sort());
});

const ids = (controls: readonly {readonly id: string}[]) => controls.map(({id}) => id);
const withReferences = rules.filter(({references}) => Object.keys(references).length > 0);

for (const {id, references} of withReferences) {
  test(`${id}: its references are controls that the standards have`, t => {
    const {podSecurity: control} = references;
    if (control !== undefined) t.true(ids(podSecurity[control.level]).includes(control.control));
    if (references.nsa !== undefined) t.true(ids(nsa).includes(references.nsa), references.nsa);
    for (const [standard, known] of [
      ['cis', cis],
      ['nist', nist],
      ['pci', pci],
      ['mitre', mitre],
    ] as const) {
      for (const each of references[standard] ?? []) {
        t.true(
          ids(known).includes(each),
          `${standard} ${each} is not in src/frameworks/controls.ts`,
        );
      }
    }
    for (const each of references.kubescape ?? []) t.regex(each, /^C-\d{4}$/);
  });
}

for (const rule of rules) {
  test(`${rule.id}: the page's way to allow it allows it`, async t => {
    const page = readFileSync(path.join(repository, `docs/rules/${rule.id}.md`), 'utf8');
    const file = path.join(scratch, `${rule.id}.yaml`);
    const [, allowance = ''] =
      /## How to allow it\n[^`]*`kube-harden.yaml`[^\n]*\n\n```yaml\n(.*?)```/s.exec(page) ?? [];
    writeFileSync(file, allowance);
    const {choices} = await loadPolicy(file);
    const before = readFileSync(exampleFile(rule.id, 'before.yaml'), 'utf8');
    const findings = (policy: PolicyChoices) =>
      harden(before, 'in', resolvePolicy({profiles: ['audit'], ...policy})).findings.filter(
        ({rule: id}) => id === rule.id,
      );
    const first = findings({})[0]?.resource;
    const left = findings(choices).filter(({status}) => status !== 'excepted');
    t.truthy(first);
    t.deepEqual(
      left.filter(({resource}) => resource.name === first?.name),
      [],
    );
  });
}

test('a diff tells what went, what came, and what stayed', t => {
  t.deepEqual(lineDiff(['a', 'b', 'c'], ['a', 'x', 'c', 'd']), ['  a', '- b', '+ x', '  c', '+ d']);
  t.deepEqual(lineDiff([], ['a']), ['+ a']);
});
