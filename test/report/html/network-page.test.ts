import {readFileSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {connectionsBetween} from '../../../src/network-changes.ts';
import {reachesIn} from '../../../src/network-report.ts';
import {toNetworkPage, type ViewedTarget} from '../../../src/report/html/network-page.ts';
import {readStream} from '../../../src/stream/manifest-stream.ts';
import {renderedFile} from '../../fixtures/charts.ts';
import {hostile, manifestOf} from '../../security/hostile.ts';
import {
  accessibilityProblems,
  pageAddress,
  testWithBrowser,
  withPage,
} from '../../tools/browser.ts';

const states = ['before', 'after'] as const;

function targetOf(text: string, name = 'in.yaml'): ViewedTarget {
  const policy = resolvePolicy({networkPolicy: {ingress: 'least', unnamed: 'deny'}});
  const {before, after} = reachesIn(readStream(text, name), policy);
  return {
    name,
    workloads: after.workloads,
    connections: connectionsBetween([before], [after]),
  };
}

const shop = () => targetOf(readFileSync(renderedFile('shop'), 'utf8'), 'shop.yaml');
const pageOf = (...targets: readonly ViewedTarget[]) => toNetworkPage({states, targets});

const workloads = (count: number) =>
  Array.from(
    {length: count},
    (_, at) => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: w${at}}
spec:
  selector: {matchLabels: {app: w${at}}}
  template:
    metadata: {labels: {app: w${at}}}
    spec: {containers: [{name: a, image: a, args: ["w${(at + 1) % count}:80"], ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: w${at}}
spec: {selector: {app: w${at}}, ports: [{port: 80}]}
`,
  ).join('');

test('every pair is compared: what is left keeps its reason, what is cut has the reason it had', t => {
  const found = new Map(
    shop().connections.map(each => [`${each.from} → ${each.to}`, each] as const),
  );
  const left = found.get('Deployment/front → Deployment/cart');
  t.is(left?.change, 'changed');
  t.deepEqual([left?.before, left?.after], [[], ['7070']]);
  t.regex(left?.why[0]?.reason ?? '', /names the Service "cart"/);
  const cut = found.get('Deployment/mailer → Deployment/cart');
  t.is(cut?.change, 'cut');
  t.regex(cut?.why[0]?.reason ?? '', /no NetworkPolicy governs ingress/);
  // Before, whoever monitors could connect as anyone could: nothing was opened for it.
  t.is(found.get('monitoring → Deployment/front')?.change, 'changed');
  t.is(found.get('anywhere → Deployment/front')?.change, 'cut');
});

test('the page allows its own style and script only, and loads nothing', t => {
  const html = pageOf(shop());
  t.regex(html, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-\S+'; /);
  t.notRegex(
    html,
    / style="| on\w+="|<(?:link|img|iframe|object|embed|base)\b| src="|https?:\/\/[^"<]*"/,
  );
});

test('a large stream gives a page of bounded length, in which groups stand for workloads', t => {
  const target = targetOf(workloads(600));
  t.is(
    target.connections.filter(({from, to}) => from === 'anywhere' && to !== 'anywhere').length,
    600,
  );
  const pair = target.connections.find(
    ({from, to}) => from === 'Deployment/w0' && to === 'Deployment/w1',
  );
  t.deepEqual([pair?.change, pair?.before, pair?.after], ['changed', [], ['80']]);
  const html = pageOf(target);
  t.notRegex(html, /more rows are not/);
  const huge = {
    ...target,
    connections: Array.from({length: 6000}, (_, at) => ({
      from: `a${at}`,
      to: `b${at}`,
      change: 'cut' as const,
      why: [],
    })),
  };
  t.regex(pageOf(huge), /1,000 more rows are not on this page/);
  t.true(html.length < 2_000_000, `${html.length}`);
  t.notRegex(html, /<svg|class="matrix"/);
});

testWithBrowser(
  'filters show what is asked for, also in the map, and the address keeps them',
  async t => {
    await withPage(pageOf(shop()), {}, async ({page, problems, requests}) => {
      const rows = () => page.locator('tr[data-change]:visible').count();
      const lines = () => page.locator('.graph g[data-change]:not([hidden])').count();
      const all = await rows();
      await page.getByRole('checkbox', {name: 'cut'}).uncheck();
      t.true((await rows()) < all);
      t.is(await page.locator('.object .cut:visible').count(), 0);
      await page.getByRole('button', {name: 'Reset'}).click();
      const few = await lines();
      await page.getByLabel('Workload or group').selectOption('0-0');
      t.true((await page.locator('.graph g.cut:not([hidden])').count()) > 5);
      t.not(await lines(), few);
      t.regex(page.url(), /#workload=0-0$/);
      await page.reload();
      t.true((await rows()) < all);
      await page.getByRole('button', {name: 'Reset'}).click();
      await page.keyboard.press('/');
      await page.keyboard.type('scrape');
      t.true((await rows()) > 0);
      t.deepEqual(problems, []);
      t.deepEqual([...new Set(requests.map(each => each.split('#')[0]))], [pageAddress]);
    });
  },
);

testWithBrowser('arrow keys move in the matrix, and Enter leads to the row', async t => {
  await withPage(pageOf(shop()), {}, async ({page, problems}) => {
    const focused = async () => page.evaluate('document.activeElement.title');
    await page.locator('.matrix td a[tabindex="0"]').focus();
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    t.not(await focused(), first);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    t.is(await focused(), first);
    await page.keyboard.press('Enter');
    t.is(await page.locator('tr:target').count(), 1);
    t.deepEqual(problems, []);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  testWithBrowser(
    `axe-core finds nothing wrong with connections, ${colorScheme}, wide and narrow`,
    async t => {
      const html = pageOf(
        shop(),
        targetOf(workloads(70), 'seventy.yaml'),
        targetOf('', 'empty.yaml'),
      );
      for (const width of [1280, 360]) {
        await withPage(html, {colorScheme, width}, async ({page, problems}) => {
          t.deepEqual(await accessibilityProblems(page), []);
          const isWide =
            'document.documentElement.scrollWidth > document.documentElement.clientWidth';
          t.false(await page.evaluate(isWide), `${width}`);
          t.deepEqual(problems, []);
        });
      }
    },
  );
}

testWithBrowser('hostile names of workloads and targets are shown, and do nothing', async t => {
  const texts = [
    ...hostile,
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</style><svg onload=alert(1)>',
  ];
  const targets = texts.map(text => targetOf(manifestOf(text), text));
  const html = toNetworkPage({states: ['</title><script>alert(1)</script>', '"><b>'], targets});
  t.is(html.match(/<script/g)?.length, 1);
  t.is(html.match(/<\/style/g)?.length, 1);
  await withPage(html, {}, async ({page, problems, requests}) => {
    t.is(await page.locator('img, iframe, main script').count(), 0);
    t.deepEqual(problems, []);
    t.is(requests.length, 1);
  });
});
