import type {GroupKind} from '../kubernetes/resource.ts';
import type {Rule} from './rule.ts';

/** What an object has a controller install, by its kind. */
const deliveries: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'the chart or folder of manifests': [
      'argoproj.io/Application',
      'argoproj.io/ApplicationSet',
      'core.oam.dev/Application',
      'configmanagement.gke.io/ConfigManagement',
      'configsync.gke.io/RepoSync',
      'configsync.gke.io/RootSync',
      'fleet.cattle.io/Bundle',
      'fleet.cattle.io/GitRepo',
      'fluxcd.controlplane.io/FluxInstance',
      'gitops.kluctl.io/KluctlDeployment',
      'kappctrl.k14s.io/App',
      'kustomize.toolkit.fluxcd.io/Kustomization',
      'packaging.carvel.dev/PackageInstall',
    ],
    'the chart': [
      'addons.cluster.x-k8s.io/HelmChartProxy',
      'addons.cluster.x-k8s.io/HelmReleaseProxy',
      'apps.open-cluster-management.io/HelmRelease',
      'helm.cattle.io/HelmChart',
      'helm.cattle.io/HelmChartConfig',
      'helm.crossplane.io/Release',
      'helm.m.crossplane.io/Release',
      'helm.k0sproject.io/Chart',
      'helm.toolkit.fluxcd.io/HelmRelease',
    ],
    'the manifests in ConfigMaps and Secrets': [
      'addons.cluster.x-k8s.io/ClusterResourceSet',
      'config.projectsveltos.io/ClusterProfile',
      'config.projectsveltos.io/Profile',
    ],
    'the objects': [
      'fluxcd.controlplane.io/ResourceSet',
      'kubernetes.crossplane.io/Object',
      'kubernetes.m.crossplane.io/Object',
      'work.open-cluster-management.io/ManifestWork',
    ],
    'the operator, with its roles': [
      'olm.operatorframework.io/ClusterExtension',
      'operators.coreos.com/ClusterServiceVersion',
      'operators.coreos.com/Subscription',
    ],
    'the package, with its roles': [
      'pkg.crossplane.io/Configuration',
      'pkg.crossplane.io/Function',
      'pkg.crossplane.io/Provider',
    ],
  }).flatMap(([what, kinds]) => kinds.map(kind => [kind, what] as const)),
);

/** The kinds alone, for a look without parsing. */
const kinds = [...new Set([...deliveries.keys()].map(key => key.slice(key.indexOf('/') + 1)))];

const deliveryOf = ({group, kind}: GroupKind): string | undefined =>
  deliveries.get(`${group}/${kind}`);

/**
 * Restricted: objects that have a controller install charts, manifests or operators from elsewhere,
 * which are not in the stream. They are only named.
 */
export const knownDeliveries: Rule = {
  id: 'known-deliveries',
  title: 'What objects deliver must be audited itself',
  severity: 'low',
  remedy:
    'Run `kube-harden audit` on the chart or manifests that the object names, or render them in the pipeline, and then allow the object with an exception.',
  rationale:
    'A controller installs what the object names: none of it passes through kube-harden, whatever privileges it asks for.',
  references: {},
  kinds,
  *checkResource(resource) {
    const what = deliveryOf(resource);
    if (what === undefined) return;
    const message = `not judged: a controller installs ${what} that this ${resource.kind} names, and nothing here reads or hardens that`;
    yield {path: ['spec'], message};
  },
};
