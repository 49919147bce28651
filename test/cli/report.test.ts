import {cpSync, mkdtempSync, readdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {commandOf} from '../tools/executable.ts';
import {putProgram} from '../tools/programs.ts';

/** A folder with the chart `unsafe`, and a helm that prints what it renders. */
function folder() {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-report-'));
  cpSync(chartFolder('unsafe'), path.join(cwd, 'charts/unsafe'), {recursive: true});
  putProgram(cwd, 'helm', `cat '${renderedFile('unsafe')}'`);
  const PATH = `${cwd}:${process.env['PATH']}`;
  const audit = (...args: readonly string[]) =>
    execa(...commandOf(['audit', ...args]), {cwd, env: {PATH}, reject: false});
  return {cwd, audit, read: (file: string) => readFileSync(path.join(cwd, file), 'utf8')};
}

test('one run writes every report, by ending or by name', async t => {
  const {audit, read} = folder();
  const files = [
    'a.json',
    'a.sarif',
    'a.xml',
    'a.md',
    'a.txt',
    'a.openreports.json',
    'a.gitlab.json',
  ];
  const named = ['job-summary=summary', 'junit=b', 'sarif=c=d.json'];
  const {stdout, exitCode, stderr} = await audit(
    'charts/unsafe',
    '--quiet',
    ...[...files, ...named].flatMap(file => ['--report', file]),
    '--report-file=e.json',
  );
  t.is(exitCode, 1, stderr);
  const {findings} = JSON.parse(read('a.json'));
  t.regex(stdout, new RegExp(`: ${findings.length} findings, `));
  t.is(JSON.parse(read('a.sarif')).runs[0].results.length, findings.length);
  t.is(JSON.parse(read('a.gitlab.json')).length, findings.length);
  t.is(read('a.xml').match(/<testcase /g)?.length, findings.length);
  t.is(read('b'), read('a.xml'));
  t.is(read('c=d.json'), read('a.sarif'));
  t.is(read('e.json'), read('a.json'));
  t.regex(read('summary'), /^## kube-harden\n/);
  t.is(JSON.parse(read('a.openreports.json')).kind, 'List');
});

test('a finding in a chart folder is at the line of the template that rendered it', async t => {
  const {cwd, audit, read} = folder();
  await audit('charts/unsafe', '--profile=audit', '--report=a.sarif');
  for (const target of [path.join(cwd, 'charts/unsafe'), './charts/unsafe/']) {
    await audit(target, '--profile=audit', '--report=b.sarif');
    const uris = (log: string) =>
      JSON.parse(log).runs[0].results.map(
        (result: {locations: readonly [{physicalLocation: object}]}) =>
          result.locations[0].physicalLocation,
      );
    t.deepEqual(uris(read('b.sarif')), uris(read('a.sarif')));
  }
  const lines = read('charts/unsafe/templates/agent.yaml').split('\n');
  const expected = {
    'no-host-network': /hostNetwork: yes/,
    'no-host-port': /hostPort: \{\{ /,
    'no-extra-capabilities': /NET_ADMIN|cap_sys_admin|SYS_ADMIN/,
  };
  for (const {ruleId, locations} of JSON.parse(read('a.sarif')).runs[0].results) {
    const {artifactLocation, region} = locations[0].physicalLocation;
    t.regex(artifactLocation.uri, /^charts\/unsafe\/templates\/\w+\.yaml$/);
    const pattern = expected[ruleId as keyof typeof expected];
    if (pattern === undefined || !artifactLocation.uri.endsWith('agent.yaml')) continue;
    t.regex(lines[region.startLine - 1] ?? '', pattern);
  }
});

test('what is no report is refused before anything is read or written', async t => {
  const {cwd, audit} = folder();
  const before = readdirSync(cwd);
  for (const [file, message] of [
    ['a.jsn', /did you mean "\.json"\?/],
    ['sarf=a', /did you mean "sarif"\?/],
    ['a', /must be FORMAT=FILE/],
    ['sarif=', /must name a file/],
  ] as const) {
    const {exitCode, stderr, stdout} = await audit('charts/unsafe', '--report', file);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  }
  const twice = await audit('charts/unsafe', '--report=a.json', '--report=sarif=./a.json');
  t.regex(twice.stderr, /names a file twice/);
  t.deepEqual(readdirSync(cwd), before);
});
