import {safeText} from '../text/safe-text.ts';

/**
 * The output, with exit code 0, that makes Helm 4 refuse the release and show `reason`: a document,
 * then a separator that Helm's own parser refuses and quotes in its error.
 */
export const refusalForHelm4 = (reason: string): string =>
  `kind: X\n--- kube-harden refused this release because: ${safeText(reason.replace(/\s+/g, ' ')).slice(0, 2000)}\n`;
