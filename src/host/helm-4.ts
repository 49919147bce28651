import {realpathSync} from 'node:fs';
import path from 'node:path';
import {safeText} from '../text/safe-text.ts';

/**
 * Helm 4 runs post-renderers as plugins, tells them so in HELM_PLUGIN_NAME and HELM_PLUGIN_DIR, and
 * drops their stderr. Helm 3 sets the variables for plugins only, never for a post-renderer; but a
 * post-renderer inherits them where another plugin called Helm, and their folder is not ours then.
 */
export function isHelm4(): boolean {
  const {HELM_PLUGIN_NAME: name, HELM_PLUGIN_DIR: folder} = process.env;
  if (name === undefined) return false;
  return folder === undefined || isWithin(process.argv[1] ?? '', folder);
}

function isWithin(file: string, folder: string): boolean {
  try {
    return realpathSync(file).startsWith(`${realpathSync(folder)}${path.sep}`);
  } catch {
    return false;
  }
}

/**
 * What to print, with exit code 0, so that Helm 4 refuses the release and shows `reason`: a
 * document, then a separator that Helm's own parser refuses and repeats in its error.
 */
export const refusalForHelm4 = (reason: string): string =>
  `kind: X\n--- kube-harden refused this release because: ${safeText(reason.replace(/\s+/g, ' ')).slice(0, 2000)}\n`;
