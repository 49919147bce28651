import test from 'ava';
import {testWithTools} from '../tools/with-tools.ts';
import {isShown, pages, steps} from './pages.ts';
import {Walk} from './walk.ts';

test('each page of the guide has steps', t => {
  t.is(pages.length, 5);
  for (const page of pages) t.true(steps().filter(step => step.page === page).length > 2, page);
});

test('what a page leaves out is marked, and what it shows is compared', t => {
  t.true(isShown('a\nb\nc\n', 'a\n…\nc\n'));
  t.true(isShown('a\nc\n', 'a\n…\nc\n'));
  t.true(isShown('written to /tmp/a.yaml\n', 'written to …\n'));
  t.false(isShown('a\nb\nc\n', 'a\nc\n'));
  t.false(isShown('a\nb\nc\n', 'a\n…\nd\n'));
  t.false(isShown('a.c\n', 'abc\n'));
});

for (const helm of ['helm3', 'helm4'] as const) {
  testWithTools(helm, 'kustomize')(`${helm}: the pages do what they say`, async t => {
    const walk = await Walk.with(helm);
    await walk.take(t);
  });
}
