import {asMap, asString, type JsonMap} from '../../json.ts';

/** The release or application that an object in a cluster belongs to, as Helm, Argo CD and Flux mark it. */
export function managerOf({metadata}: JsonMap): string | undefined {
  const {labels, annotations} = asMap(metadata) ?? {};
  const label = (key: string) => asString(asMap(labels)?.[key]);
  const annotation = (key: string) => asString(asMap(annotations)?.[key]);
  const flux = ['kustomize', 'helm'].map(
    group => [group, label(`${group}.toolkit.fluxcd.io/name`)] as const,
  );
  for (const [group, name] of flux) {
    if (name === undefined) continue;
    const namespace = label(`${group}.toolkit.fluxcd.io/namespace`);
    const kind = group === 'helm' ? 'HelmRelease' : 'Kustomization';
    return `Flux ${kind} ${named(namespace, name)}`;
  }
  const tracking = annotation('argocd.argoproj.io/tracking-id')?.split(':', 1)[0];
  if (tracking !== undefined) return `Argo CD application ${tracking}`;
  const release = annotation('meta.helm.sh/release-name');
  if (release === undefined) return undefined;
  return `Helm release ${named(annotation('meta.helm.sh/release-namespace'), release)}`;
}

const named = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
