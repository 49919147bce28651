import {safeText} from '../text/safe-text.ts';

/**
 * What to print, with exit code 0, so that Helm 4 refuses the release and shows `reason`: a
 * document, then a separator that Helm's own parser refuses and repeats in its error.
 */
export const refusalForHelm4 = (reason: string): string =>
  `kind: X\n--- kube-harden refused this release because: ${safeText(reason.replace(/\s+/g, ' ')).slice(0, 2000)}\n`;
