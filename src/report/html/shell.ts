import {createHash} from 'node:crypto';
import {safeHtml} from '../../text/safe-html.ts';

/** A page that needs nothing but itself. */
export interface Page {
  /** Any text. */
  readonly title: string;
  /** Rules of CSS, after those of every page. */
  readonly style: string;
  /** A classic script, which runs after the page is read. */
  readonly script: string;
  /** HTML in which every text of others has gone through `safeHtml`. */
  readonly body: string;
}

/**
 * A document of HTML that loads nothing, and in which only its own style and its own script work: a Content Security
 * Policy names both by their hashes. Attributes `style` and handlers such as `onclick` do nothing.
 */
export function htmlDocument({title, style, script, body}: Page): string {
  const css = `${theme}${style}`;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(css)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${safeHtml(title)}</title>
<style>${css}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
}

/** The source of an inline element, as Content Security Policy Level 3 names it. */
const hashOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Colors, type and elements of every page. Each pair of text and background has a contrast of 4.5 or more (WCAG 1.4.3). */
const theme = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b2330; --minor: #56606f; --line: #d5dae2; --accent: #1a56c4;
  --critical: #a3123a; --high: #b3420c; --medium: #7d5a00; --low: #26617f; --good: #1c6b3c; --wait: #6b3fa0;
  --del: #fde8ea; --del-text: #8c1023; --add: #e2f5e8; --add-text: #145c30;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151d; --card: #19202b; --text: #e6eaf0; --minor: #a3aebd; --line: #323c4b; --accent: #8ab4ff;
    --critical: #ff8fab; --high: #ffa877; --medium: #e9c46a; --low: #8fcbe8; --good: #7fd6a0; --wait: #c9a6ff;
    --del: #3a1b22; --del-text: #ffb3bf; --add: #16321f; --add-text: #a5e8bd;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.minor { color: var(--minor); overflow-wrap: anywhere; }
.card > h2:first-child { margin-top: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; }
[hidden] { display: none !important; }
@media print {
  body { background: #fff; }
  .card { break-inside: avoid; }
}
`;
