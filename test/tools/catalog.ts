/** The real tools that the tests run, with pinned versions. */
export interface GoTool {
  /** The name of the executable in `.tools/bin`. */
  readonly name: string;
  /** What to build: a package of a published module, or a folder of this repository. */
  readonly source: {readonly module: string; readonly version: string} | GoFolder;
}

interface GoFolder {
  readonly folder: string;
  /** Values for string variables of its packages, as the linker's `-X` sets them. */
  readonly variables?: Readonly<Record<string, string>>;
}

export const goTools = [
  {name: 'helm3', source: {module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0'}},
  {name: 'helm4', source: {module: 'helm.sh/helm/v4/cmd/helm', version: 'v4.3.1'}},
  {
    name: 'kustomize',
    source: {module: 'sigs.k8s.io/kustomize/kustomize/v5', version: 'v5.8.1'},
  },
  {
    name: 'crane',
    source: {module: 'github.com/google/go-containerregistry/cmd/crane', version: 'v0.22.1'},
  },
  {name: 'krew', source: {module: 'sigs.k8s.io/krew/cmd/krew', version: 'v0.4.3'}},
  {
    name: 'validate-krew-manifest',
    source: {module: 'sigs.k8s.io/krew/cmd/validate-krew-manifest', version: 'v0.4.3'},
  },
  {name: 'pod-security-oracle', source: {folder: 'test/pod-security/oracle'}},
  {name: 'admission-policy-oracle', source: {folder: 'test/guard/oracle'}},
  {name: 'yaml-oracle', source: {folder: 'test/yaml/oracle'}},
  {
    name: 'control-plane',
    source: {
      folder: 'test/cluster/control-plane',
      variables: {
        'k8s.io/component-base/version.gitVersion': 'v1.36.1',
        'k8s.io/component-base/version.gitMajor': '1',
        'k8s.io/component-base/version.gitMinor': '36',
      },
    },
  },
] as const satisfies readonly GoTool[];

export type ToolName = (typeof goTools)[number]['name'];
