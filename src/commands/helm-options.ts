/** Helm's options that an audit takes, by our name for each; every one may stand more than once. */
export const helmOptions = {
  values: '--values',
  set: '--set',
  'set-string': '--set-string',
  namespace: '--namespace',
  'kube-version': '--kube-version',
  'api-versions': '--api-versions',
  'chart-version': '--version',
} as const;

export interface HelmChoices {
  /** The release's name: what charts name their objects after. */
  readonly release: string;
  /** Options and their values, in turns, as helm takes them. */
  readonly args: readonly string[];
}
