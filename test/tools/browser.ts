import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import test from 'ava';
import {findProgram} from '../../src/host/find-program.ts';
import {tell} from './with-tools.ts';

/*
 * What the tests use of Playwright. Its own types need those of the DOM, which then would be known in the whole program, and
 * hide mistakes in code that runs on Node.
 */

export interface Locator {
  count(): Promise<number>;
  first(): Locator;
  last(): Locator;
  locator(selector: string): Locator;
  textContent(): Promise<string | null>;
  innerText(): Promise<string>;
  isVisible(): Promise<boolean>;
  focus(): Promise<void>;
  click(): Promise<void>;
  uncheck(): Promise<void>;
  selectOption(value: string): Promise<unknown>;
  fill(text: string): Promise<void>;
}

export interface Page {
  locator(selector: string, options?: {readonly hasText: string}): Locator;
  getByRole(role: string, options: {readonly name: string}): Locator;
  getByLabel(text: string): Locator;
  readonly keyboard: {press(key: string): Promise<void>; type(text: string): Promise<void>};
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  url(): string;
  evaluate(script: string): Promise<unknown>;
  waitForFunction(script: string): Promise<unknown>;
  waitForTimeout(milliseconds: number): Promise<void>;
  screenshot(options: {readonly path: string; readonly fullPage?: boolean}): Promise<unknown>;
  route(url: string, handler: (route: Route) => unknown): Promise<unknown>;
  on(event: 'console', listener: (message: {text(): string}) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: {url(): string}) => void): void;
  on(event: 'dialog', listener: (dialog: Dialog) => void): void;
}

interface Dialog {
  message(): string;
  dismiss(): Promise<void>;
}

interface Route {
  fulfill(response: {readonly body: string; readonly contentType: string}): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: {readonly executablePath: string; readonly args: readonly string[]}): Promise<{
      newPage(options: object): Promise<Page>;
      close(): Promise<void>;
    }>;
  };
}

const require = createRequire(import.meta.url);

/** Debian's chromium, which CI installs. */
const executablePath = findProgram('chromium', process.env);

/** Declares a test that needs a browser. Without one it is skipped, and stderr says so; in CI it fails. */
export const testWithBrowser: typeof test | typeof test.skip =
  executablePath !== undefined || tell('chromium', 'apt-get install -y chromium')
    ? test
    : test.skip;

/** A page, and what it did beside being shown. */
export interface Opened {
  readonly page: Page;
  /** Messages of the console, errors of scripts, violations of the Content Security Policy, and dialogs. */
  readonly problems: readonly string[];
  /** The addresses that it asked for. */
  readonly requests: readonly string[];
}

export interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Where `withPage` shows a page: it has an address, so that fragments work. Nothing is sent there. */
export const pageAddress = 'http://report.test/';

/** Opens HTML in a browser for the time of `work`. */
export async function withPage<T>(
  html: string,
  {width = 1280, colorScheme = 'light'}: View,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const {chromium} = require('playwright-core') as Playwright;
  const browser = await chromium.launch({
    executablePath: executablePath ?? 'chromium',
    // Its sandbox does not work as root, and everything it opens is ours.
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({viewport: {width, height: 900}, colorScheme});
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('console', message => problems.push(message.text()));
    page.on('pageerror', error => problems.push(String(error)));
    page.on('dialog', dialog => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', request => requests.push(request.url()));
    await page.route('**', route =>
      route.fulfill({body: html, contentType: 'text/html; charset=utf-8'}),
    );
    await page.goto(pageAddress);
    return await work({page, problems, requests});
  } finally {
    await browser.close();
  }
}

/** What the rules of axe-core find wrong with a page: WCAG 2.2 AA, and best practices. */
export async function accessibilityProblems(page: Page): Promise<unknown> {
  // The policy of the page refuses other scripts; `evaluate` is the debugger's.
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(
    'axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes[0].html, nodes[0].failureSummary]))',
  );
}
