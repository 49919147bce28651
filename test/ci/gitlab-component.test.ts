import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {parse} from 'yaml';
import {renderedFile} from '../fixtures/charts.ts';
import {bundle} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';
import {serveFile} from './https-server.ts';

interface Spec {
  readonly spec: {readonly inputs: Readonly<Record<string, {readonly default?: string}>>};
}

interface Job {
  readonly stage: string;
  readonly image: string;
  readonly variables: Readonly<Record<string, {readonly value: string; readonly expand: boolean}>>;
  readonly script: readonly string[];
  readonly artifacts: {readonly when: string; readonly reports: {readonly codequality: string}};
}

const [header = '', body = ''] = readFileSync(
  path.join(repository, 'templates/kube-harden.yml'),
  'utf8',
).split(/^---$/m);
const {inputs: declared} = (parse(header) as Spec).spec;

/** The jobs for these inputs: GitLab puts them into the text, and parses it then. */
function jobsFor(inputs: Readonly<Record<string, string>>): Readonly<Record<string, Job>> {
  const text = body.replace(/\$\[\[ inputs\.([a-z0-9-]+) \]\]/g, (_, name: string) => {
    const value = inputs[name] ?? declared[name]?.default;
    if (value === undefined) throw new Error(`the input ${name} is missing`);
    return value;
  });
  return parse(text) as Readonly<Record<string, Job>>;
}

/** A checkout with one unsafe and one hardened manifest. */
function checkout(): string {
  const place = mkdtempSync(path.join(tmpdir(), 'kube-harden-gitlab-'));
  cpSync(renderedFile('unsafe'), path.join(place, 'unsafe.yaml'));
  cpSync(renderedFile('hardened'), path.join(place, 'hardened.yaml'));
  return place;
}

/** Runs the job as GitLab's runner does: in bash, or in sh where there is no bash. */
async function run(
  inputs: Readonly<Record<string, string>>,
  place: string,
  {shell = 'bash', env = {}}: {readonly shell?: string; readonly env?: object} = {},
) {
  const [job] = Object.values(jobsFor({image: 'any', executable: bundle, ...inputs}));
  const variables = Object.entries(job?.variables ?? {}).map(([name, {value}]) => [name, value]);
  const options = shell === 'bash' ? ['-eo', 'pipefail'] : ['-e'];
  const {exitCode, all} = await execa(shell, [...options, '-c', (job?.script ?? []).join('\n')], {
    cwd: place,
    env: {...env, ...Object.fromEntries(variables)},
    all: true,
    reject: false,
  });
  const report = path.join(place, 'gl-code-quality-report.json');
  return {exitCode, log: all, report: existsSync(report) ? readFileSync(report, 'utf8') : ''};
}

test('the component is one job, with a code quality report even if it fails', t => {
  const jobs = jobsFor({image: 'node:22', job: 'audit', stage: 'lint'});
  t.deepEqual(Object.keys(jobs), ['audit']);
  t.like(jobs['audit'], {
    stage: 'lint',
    image: 'node:22',
    artifacts: {when: 'always', reports: {codequality: 'gl-code-quality-report.json'}},
  });
  t.throws(() => jobsFor({}), {message: /image is missing/});
});

test('no script of the component contains an input: it would be run as code', t => {
  t.notRegex(body.slice(body.indexOf('script:')), /\$\[\[/);
  for (const {expand} of Object.values(jobsFor({image: 'any'})['kube-harden']?.variables ?? {})) {
    t.false(expand);
  }
});

for (const shell of ['bash', 'sh']) {
  test(`${shell}: unsafe manifests fail the job, with a table, violations and SARIF`, async t => {
    const place = checkout();
    const {exitCode, log, report} = await run({}, place, {shell});
    t.is(exitCode, 1, log);
    t.regex(log, /^How to fix the manifests:$/m);
    const violations = JSON.parse(report);
    t.true(violations.length > 10);
    t.is(violations[0].location.path, 'unsafe.yaml');
    const sarif = JSON.parse(readFileSync(path.join(place, 'kube-harden.sarif'), 'utf8'));
    t.is(sarif.runs[0].results.length, violations.length);
  });

  test(`${shell}: every input reaches the audit`, async t => {
    const place = checkout();
    writeFileSync(path.join(place, 'mine.yaml'), 'rules: {no-host-port: off}\n');
    const inputs = {
      targets: 'hardened.yaml unsafe.yaml',
      policy: 'mine.yaml',
      profile: 'baseline,strict',
      'fail-on': 'none',
      options: '--undecided=fix --pod-security-version=v1.30',
    };
    const {exitCode, log, report} = await run(inputs, place, {shell});
    t.is(exitCode, 0, log);
    t.regex(log, /^policy: mine\.yaml$/m);
    t.notRegex(report, /no-host-port/);
    t.regex(report, /read-only-root/);
  });
}

test('hardened manifests pass', async t => {
  const {exitCode, log, report} = await run({targets: 'hardened.yaml'}, checkout());
  t.is(exitCode, 0, log);
  t.notThrows(() => JSON.parse(report));
});

test('what cannot be checked fails the job, and leaves no report', async t => {
  for (const inputs of [
    {targets: 'nowhere'},
    {targets: '*.yaml'},
    {options: '-'},
    {profile: 'no'},
  ]) {
    const {exitCode, log, report} = await run(inputs, checkout());
    t.is(exitCode, 2, log);
    t.is(report, '');
  }
});

test('inputs are data: none is run', async t => {
  const place = checkout();
  const text = 'a$(touch pwned)`touch pwned`; touch pwned;';
  for (const name of Object.keys(declared)) await run({[name]: text}, place);
  t.false(existsSync(path.join(place, 'pwned')));
});

test('a link in the checkout leads no report elsewhere', async t => {
  const place = checkout();
  const elsewhere = path.join(mkdtempSync(path.join(tmpdir(), 'kube-harden-gitlab-')), 'file');
  for (const name of ['gl-code-quality-report.json', 'kube-harden.sarif']) {
    symlinkSync(elsewhere, path.join(place, name));
  }
  t.is((await run({targets: 'hardened.yaml'}, place)).exitCode, 0);
  t.false(existsSync(elsewhere));
});

test('a download needs https and the right checksum', async t => {
  const {url, certificate} = await serveFile(t, bundle);
  const sha256 = createHash('sha256').update(readFileSync(bundle)).digest('hex');
  const env = {CURL_CA_BUNDLE: certificate};
  const download = (inputs: Readonly<Record<string, string>>) =>
    run({executable: 'no', targets: 'hardened.yaml', ...inputs}, checkout(), {env});
  const right = await download({url, sha256});
  t.is(right.exitCode, 0, right.log);
  const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{url, sha256: '0'.repeat(64)}, /does not have the checksum/],
    [{url}, /needs `sha256`/],
    [{url: url.replace('https', 'http'), sha256}, /must be an https URL/],
    [{url: `${url}/redirect`, sha256}, /could not be downloaded/],
  ];
  for (const [inputs, message] of wrong) {
    const {exitCode, log} = await download(inputs);
    t.is(exitCode, 2, log);
    t.regex(log ?? '', message);
  }
});
