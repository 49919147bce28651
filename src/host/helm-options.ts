import type {ParseArgsConfig} from 'node:util';
import {isHelmCommand} from './caller.ts';

/** The options of Helm that an audit accepts, by our name for each. All can be repeated. */
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
  /** The name of the release, which charts use in the names of their objects. */
  readonly release: string;
  /** Its namespace, if the user says in which it is. */
  readonly namespace?: string;
  /** Options and their values in turn, as arguments for helm. */
  readonly args: readonly string[];
}

const repeated = {type: 'string', multiple: true} as const;

/** Helm's own name for a release that is only rendered. */
export const defaultRelease = 'release-name';

/** The same, and the name of the release, for `parseArgs` of node:util. */
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

/** The values of these options, as arguments for helm. */
export const helmChoices = (
  values: HelmValues & {readonly release?: string | undefined},
): HelmChoices => ({
  release: values.release ?? defaultRelease,
  ...namespaceIn(values),
  args: Object.entries(helmOptions).flatMap(([name, option]) =>
    (values[name as keyof HelmValues] ?? []).flatMap(value => [option, value]),
  ),
});

/** As for Helm, the last option wins, and any option wins over the variable. */
function namespaceIn({namespace}: HelmValues): Pick<HelmChoices, 'namespace'> {
  const name = namespace?.at(-1) ?? namespaceOfHelm();
  return name === undefined ? {} : {namespace: name};
}

/** Helm itself sets the variable for `helm harden`, also if the user names no namespace. */
function namespaceOfHelm(): string | undefined {
  const name = process.env['HELM_NAMESPACE'] || undefined;
  return name === 'default' && isHelmCommand() ? undefined : name;
}
