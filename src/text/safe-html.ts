import {safeText} from './safe-text.ts';

/** `text` for HTML, between tags or in a quoted attribute: nothing in it is markup, and nothing is unseen. */
export const safeHtml = (text: string): string =>
  safeText(text).replace(/[&<>"'`]/g, character => `&#${character.charCodeAt(0)};`);
