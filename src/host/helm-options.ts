import type {ParseArgsConfig} from 'node:util';
import {UsageError} from '../errors.ts';
import {isHelmCommand} from './caller.ts';
import {requireNamespace} from './options.ts';

/** The options of Helm that an audit accepts, by our name for each. All can be repeated. */
const helmOptions = {
  values: '--values',
  set: '--set',
  'set-string': '--set-string',
  'set-file': '--set-file',
  'set-json': '--set-json',
  namespace: '--namespace',
  'kube-version': '--kube-version',
  'api-versions': '--api-versions',
  'chart-version': '--version',
} as const;

/** What Helm may use. */
export interface HelmLimits {
  /** Whether it may use the repositories, logins and plugins of the user. */
  readonly usesHelmConfig: boolean;
  /** In milliseconds, for each call of helm. */
  readonly timeLimit: number;
  /** In bytes, for each call of helm. */
  readonly memoryLimit: number;
}

export interface HelmChoices extends HelmLimits {
  /** The name of the release, which charts use in the names of their objects. */
  readonly release: string;
  /** The same, if an option says so: then it is that of all manifests, rendered by Helm or not. */
  readonly called?: string;
  /** Its namespace, if the user says in which it is. */
  readonly namespace?: string;
  /** The same, if an option says so: then it is that of all manifests, rendered by Helm or not. */
  readonly named?: string;
  /** Options and their values in turn, as arguments for helm. */
  readonly args: readonly string[];
  /** The versions that a chart of a registry may have, as the user limits them. */
  readonly version?: string;
  /** The repository in which targets are names of charts. */
  readonly repo?: string;
  /** Whether registries have no TLS. */
  readonly isPlainHttp: boolean;
  /** Whether missing dependencies are fetched. */
  readonly updatesDependencies: boolean;
}

const repeated = {type: 'string', multiple: true} as const;

/** Helm's own name for a release that is only rendered. */
export const defaultRelease = 'release-name';

/** Seconds and megabytes that a call of helm may take, unless the user says otherwise. */
const defaultSeconds = 120;
const defaultMegabytes = 1000;

/** The same, and the name of the release, for `parseArgs` of node:util. */
export const helmCallOptions = {
  release: {type: 'string'},
  values: {...repeated, short: 'f'},
  set: repeated,
  'set-string': repeated,
  'set-file': repeated,
  'set-json': repeated,
  namespace: {...repeated, short: 'n'},
  'kube-version': repeated,
  'api-versions': repeated,
  'chart-version': repeated,
  repo: {type: 'string'},
  'dependency-update': {type: 'boolean'},
  'plain-http': {type: 'boolean'},
  'helm-config': {type: 'boolean'},
  'helm-timeout': {type: 'string'},
  'helm-memory': {type: 'string'},
} as const satisfies Record<keyof typeof helmOptions, object> & ParseArgsConfig['options'];

type PassedValues = {readonly [name in keyof typeof helmOptions]?: readonly string[] | undefined};

/** The values of `helmCallOptions`. */
export type HelmValues = PassedValues & {
  readonly release?: string | undefined;
  readonly repo?: string | undefined;
  readonly 'dependency-update'?: boolean | undefined;
  readonly 'plain-http'?: boolean | undefined;
  readonly 'helm-config'?: boolean | undefined;
  readonly 'helm-timeout'?: string | undefined;
  readonly 'helm-memory'?: string | undefined;
};

/** What the options say about Helm. @throws {UsageError} if a limit or a repository is none */
export function helmChoices(values: HelmValues): HelmChoices {
  const version = values['chart-version']?.at(-1);
  const {repo} = values;
  if (repo !== undefined) requireRepository(repo);
  return {
    release: values.release ?? defaultRelease,
    ...(values.release === undefined ? {} : {called: values.release}),
    ...namespaceIn(values),
    ...(version === undefined ? {} : {version}),
    ...(repo === undefined ? {} : {repo}),
    isPlainHttp: values['plain-http'] === true,
    updatesDependencies: values['dependency-update'] === true,
    usesHelmConfig: values['helm-config'] === true,
    timeLimit: 1000 * wholeOf('--helm-timeout', values['helm-timeout'], 'seconds', defaultSeconds),
    memoryLimit:
      1_000_000 * wholeOf('--helm-memory', values['helm-memory'], 'megabytes', defaultMegabytes),
    args: Object.entries(helmOptions).flatMap(([name, option]) =>
      (values[name as keyof PassedValues] ?? []).flatMap(value => [option, value]),
    ),
  };
}

/** @throws {UsageError} if `text` is no whole number from 1 to 1,000,000 */
function wholeOf(option: string, text: string | undefined, unit: string, otherwise: number) {
  if (text === undefined) return otherwise;
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 1_000_000) return number;
  throw new UsageError(`${option} must be a number of ${unit} from 1 to 1000000, not "${text}"`);
}

/** @throws {UsageError} if `repo` is not the address of a chart repository */
function requireRepository(repo: string): void {
  if (/^https?:\/\/[^/]/.test(repo) && URL.canParse(repo)) return;
  const hint = repo.startsWith('oci://') ? ': a chart in an OCI registry is a target itself' : '';
  throw new UsageError(`--repo must be an http:// or https:// address, not "${repo}"${hint}`);
}

/**
 * As for Helm, the last option wins, and any option wins over the variable.
 *
 * @throws {UsageError} if it can be the name of no namespace
 */
function namespaceIn({namespace}: PassedValues): Pick<HelmChoices, 'namespace' | 'named'> {
  const named = namespace?.at(-1);
  if (named !== undefined) requireNamespace(named);
  const name = named ?? namespaceOfHelm();
  return {
    ...(name === undefined ? {} : {namespace: name}),
    ...(named === undefined ? {} : {named}),
  };
}

/** Helm itself sets the variable for `helm harden`, also if the user names no namespace. */
function namespaceOfHelm(): string | undefined {
  const name = process.env['HELM_NAMESPACE'] || undefined;
  return name === 'default' && isHelmCommand() ? undefined : name;
}
