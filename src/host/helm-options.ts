import type {ParseArgsConfig} from 'node:util';

/** Helm's options that an audit takes, by our name for each; every one may stand more than once. */
const helmOptions = {
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
  /** Whether the user says in which namespace it is. */
  readonly hasNamespace: boolean;
  /** Options and their values, in turns, as helm takes them. */
  readonly args: readonly string[];
}

const repeated = {type: 'string', multiple: true} as const;

/** The same, and the release's name, for node:util's `parseArgs`. */
export const helmCallOptions = {
  release: {type: 'string'},
  values: {...repeated, short: 'f'},
  set: repeated,
  'set-string': repeated,
  namespace: {...repeated, short: 'n'},
  'kube-version': repeated,
  'api-versions': repeated,
  'chart-version': repeated,
} as const satisfies Record<keyof typeof helmOptions, object> & ParseArgsConfig['options'];

type HelmValues = {readonly [name in keyof typeof helmOptions]?: readonly string[] | undefined};

/** What a call says of these, as helm takes it. */
export const helmChoices = (
  values: HelmValues & {readonly release?: string | undefined},
): HelmChoices => ({
  release: values.release ?? 'release-name',
  hasNamespace: values.namespace !== undefined || (process.env['HELM_NAMESPACE'] ?? '') !== '',
  args: Object.entries(helmOptions).flatMap(([name, option]) =>
    (values[name as keyof HelmValues] ?? []).flatMap(value => [option, value]),
  ),
});
