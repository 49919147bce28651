import {stringify} from 'yaml';
import {programIn, systemOf, targets} from '../executable-path.ts';
import {packageJson} from '../package-json.ts';
import {archiveName} from './archives.ts';

/** The name of the plugin: `kubectl harden`. */
export const krewFile = 'harden.yaml';

/** Krew does not tell glibc from musl. */
const krewTargets = targets.filter(target => !target.endsWith('-musl'));

export interface KrewOptions {
  /** The address below which the archives can be downloaded. */
  readonly url: string;
  /** The public address of the repository, if it has one. */
  readonly source: string | undefined;
  /** The SHA-256 sums of the archives, by their names. */
  readonly sums: ReadonlyMap<string, string>;
}

/** The manifest with which krew installs the archives. */
export function krewManifest({url, source, sums}: KrewOptions): string {
  return stringify({
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: {name: 'harden'},
    spec: {
      version: `v${packageJson.version}`,
      ...(source === undefined ? {} : {homepage: source}),
      shortDescription: 'Harden manifests, and audit what runs in a cluster',
      description: `Finds unsafe settings in manifests, charts, kustomizations and clusters, and rewrites
them as manifests are rendered: privileged containers, host namespaces, exposed
Services, wide roles, missing NetworkPolicies.

  kubectl harden audit --cluster
  kubectl kustomize overlay | kubectl harden | kubectl apply -f -
`,
      platforms: krewTargets.map(target => ({
        selector: {matchLabels: systemOf(target)},
        uri: `${url}/${archiveName(target)}`,
        sha256: sumOf(archiveName(target), sums),
        bin: programIn(target),
      })),
    },
  });
}

function sumOf(archive: string, sums: ReadonlyMap<string, string>): string {
  const sum = sums.get(archive);
  if (sum === undefined) throw new Error(`the archive ${archive} has not been built`);
  return sum;
}
