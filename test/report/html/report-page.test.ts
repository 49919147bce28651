import {readFileSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {auditWithChanges} from '../../../src/harden.ts';
import {networkReport} from '../../../src/network-report.ts';
import {toHtml} from '../../../src/report/html/report-page.ts';
import type {Report} from '../../../src/report/report.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';
import {renderedFile} from '../../fixtures/charts.ts';
import {hostile, manifestOf} from '../../security/hostile.ts';
import {
  accessibilityProblems,
  pageAddress,
  testWithBrowser,
  withPage,
} from '../../tools/browser.ts';

function reportOn(text: string, profile = 'essential', file = 'in.yaml'): Report {
  const policy = resolvePolicy({profiles: [profile]});
  const stream = readStream(text, file);
  const {changes, ...told} = auditWithChanges(stream, policy, '2030-01-01');
  const {before, after} = networkReport(stream, policy);
  return {...told, changes, networks: [{file, before, after}], policy, skipped: []};
}

const shop = () => reportOn(readFileSync(renderedFile('shop'), 'utf8'), 'strict', 'shop.yaml');
const unsafe = () => reportOn(readFileSync(renderedFile('unsafe'), 'utf8'), 'audit', 'unsafe.yaml');

test('each finding has its message, its remedy and its rule, and a rewrite its diff', t => {
  const report = shop();
  const html = toHtml(report);
  t.is(html.match(/<details data-severity=/g)?.length, report.findings.length);
  t.regex(html, /<span> {2}spec:<\/span>/);
  t.regex(html, /<span class="add">\+ +allowPrivilegeEscalation: false<\/span>/);
  t.regex(html, /<span class="add">\+ kind: NetworkPolicy<\/span>/);
  for (const {rule} of report.findings) t.true(html.includes(`id="rule-${rule}"`), rule);
});

test('a rewrite that waits has its diff, too', t => {
  const report = reportOn(readFileSync(renderedFile('unsafe'), 'utf8'));
  const at = report.findings.findIndex(
    ({disposition, rule}) => disposition === 'waits' && rule === 'no-host-network',
  );
  t.deepEqual(report.changes?.[at], [
    '  spec:',
    '    template:',
    '      spec:',
    '-       hostNetwork: true',
  ]);
});

test('a finding has the value of the chart that clears it, and what else that changes', t => {
  const report = shop();
  const option = "--set 'a=<b>'";
  const findings = report.findings.map((finding, index) =>
    index === 0
      ? {
          ...finding,
          values: {
            outcome: 'proven' as const,
            set: [{path: '/a', value: '<b>', option}],
            alsoChanges: ['Service/web: spec.type'],
          },
        }
      : finding,
  );
  t.true(
    toHtml({...report, findings}).includes(
      '<dt>Value</dt><dd>--set &#39;a=&#60;b&#62;&#39; (proven by rendering the chart with it); also changes Service/web: spec.type</dd>',
    ),
  );
});

test('the page allows its own style and script only, and loads nothing', t => {
  const html = toHtml(unsafe());
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  t.regex(
    policy ?? '',
    /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; base-uri 'none'; form-action 'none'$/,
  );
  t.notRegex(
    html,
    / style="| on\w+="|<(?:link|img|iframe|object|embed|base)\b| src="|https?:\/\/[^"<]*"/,
  );
});

test('a page without findings says so', t => {
  t.true(toHtml(reportOn('')).includes('Nothing is open.'));
});

test('the page of many findings has a bounded length, and says what it leaves out', t => {
  const one = unsafe();
  const [first] = one.findings;
  if (first === undefined) throw new Error('the fixture must have findings');
  const html = toHtml({...one, findings: Array.from({length: 6000}, () => ({...first}))});
  t.true(html.includes('1,000 less severe findings are not on this page.'));
});

testWithBrowser('filters show what is asked for, and the address keeps them', async t => {
  const report = shop();
  await withPage(toHtml(report), {}, async ({page, problems, requests}) => {
    const shown = () => page.locator('.object details:visible').count();
    t.is(await shown(), report.findings.length);
    await page.getByRole('checkbox', {name: 'low'}).uncheck();
    const severe = report.findings.filter(({severity}) => severity !== 'low').length;
    t.is(await shown(), severe);
    await page.getByLabel('Rule').selectOption('no-privileged');
    const privileged = report.findings.filter(({rule}) => rule === 'no-privileged').length;
    t.true(privileged > 0);
    t.is(await shown(), privileged);
    t.is(await page.locator('.object:visible').count(), privileged);
    t.is(
      await page.locator('#shown').textContent(),
      `${privileged} of ${report.findings.length} findings shown`,
    );
    t.regex(page.url(), /#hide=severity%3Alow&rule=no-privileged$/);
    await page.reload();
    t.is(await shown(), privileged);
    await page.getByRole('button', {name: 'Reset'}).click();
    await page.waitForFunction(
      `document.querySelectorAll('.object details:not([hidden])').length === ${report.findings.length}`,
    );
    await page.keyboard.press('/');
    await page.keyboard.type('migrate privileged');
    t.true((await shown()) < 10);
    t.true((await shown()) > 0);
    await page.getByLabel('Search').fill('no such text');
    t.is(await shown(), 0);
    t.deepEqual(problems, []);
    t.deepEqual([...new Set(requests.map(each => each.split('#')[0]))], [pageAddress]);
  });
});

testWithBrowser('a finding opens by keyboard, with its diff', async t => {
  await withPage(toHtml(shop()), {}, async ({page, problems}) => {
    const finding = page
      .locator('details[data-rule=no-privilege-escalation][data-status=would-fix]')
      .first();
    await finding.locator('summary').focus();
    await page.keyboard.press('Enter');
    t.regex(
      await finding.locator('.diff .add').last().innerText(),
      /allowPrivilegeEscalation: false/,
    );
    t.true(await finding.locator('.diff').isVisible());
    t.deepEqual(problems, []);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  testWithBrowser(`axe-core finds nothing wrong, ${colorScheme}, wide and narrow`, async t => {
    for (const width of [1280, 360]) {
      for (const report of [shop(), unsafe()]) {
        await withPage(toHtml(report), {colorScheme, width}, async ({page, problems}) => {
          await page.getByRole('button', {name: 'Open all'}).click();
          t.deepEqual(await accessibilityProblems(page), []);
          const isWide =
            'document.documentElement.scrollWidth > document.documentElement.clientWidth';
          t.false(await page.evaluate(isWide), `${width}`);
          t.deepEqual(problems, []);
        });
      }
    }
  });
}

testWithBrowser('names that try to run a script are shown', async t => {
  const texts = [
    ...hostile,
    '<script>alert(1)</script>',
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    'javascript:alert(1)',
    '</style><svg onload=alert(1)>',
    '<!--<script>',
  ];
  for (const text of texts) {
    const html = toHtml({...reportOn(manifestOf(text), 'audit', text), refusal: text});
    t.is(html.match(/<script/g)?.length, 1);
    t.is(html.match(/<\/style/g)?.length, 1);
  }
  const all = texts.map(manifestOf).join('---\n');
  const report = reportOn(all, 'audit', '"><script>alert(1)</script>');
  await withPage(toHtml(report), {}, async ({page, problems, requests}) => {
    await page.getByRole('button', {name: 'Open all'}).click();
    t.true((await page.locator('h3', {hasText: '<script>alert(1)</script>'}).count()) > 0);
    t.is(await page.locator('img, iframe, main script').count(), 0);
    t.deepEqual(problems, []);
    t.is(requests.length, 1);
  });
});

testWithBrowser('a script in a page without a policy would be noticed', async t => {
  await withPage('<img src=x onerror=alert(1)>', {}, async ({page, problems, requests}) => {
    await page.waitForTimeout(100);
    t.true(problems.includes('dialog: 1'), problems.join('\n'));
    t.true(requests.length > 1);
  });
});
