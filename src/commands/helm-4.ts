import {safeText} from '../report/safe-text.ts';

/**
 * Helm 4 runs post-renderers as plugins, tells them so in HELM_PLUGIN_NAME, and drops their
 * stderr. Helm 3 sets the variable for plugins only, never for a post-renderer.
 */
export const isHelm4 = (): boolean => process.env['HELM_PLUGIN_NAME'] !== undefined;

/**
 * What to print, with exit code 0, so that Helm 4 refuses the release and shows `reason`: a
 * document, then a separator that Helm's own parser refuses and repeats in its error.
 */
export const refusalForHelm4 = (reason: string): string =>
  `kind: X\n--- kube-harden refused this release because: ${safeText(reason.replace(/\s+/g, ' ')).slice(0, 2000)}\n`;
