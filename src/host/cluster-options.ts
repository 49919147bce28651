import {UsageError} from '../errors.ts';
import type {ClusterChoices} from './cluster.ts';
import {helmCallOptions} from './helm-options.ts';
import {scaleOptions} from './scale-options.ts';

/** The options of commands that read a cluster, for `parseArgs` of node:util; `namespace` is shared with Helm. */
export const clusterOptions = {
  cluster: {type: 'boolean'},
  context: {type: 'string'},
  'all-namespaces': {type: 'boolean', short: 'A'},
} as const;

interface ClusterValues {
  readonly cluster?: boolean | undefined;
  readonly context?: string | undefined;
  readonly 'all-namespaces'?: boolean | undefined;
  readonly namespace?: readonly string[] | undefined;
}

/**
 * What a call says about the cluster to read; undefined if it is about targets.
 *
 * @throws {UsageError} if it mixes the two
 */
export function clusterChoices(
  values: ClusterValues,
  targets: readonly string[],
): ClusterChoices | undefined {
  const {cluster, context, namespace, 'all-namespaces': isAll} = values;
  if (cluster !== true) {
    const [only] = Object.keys(clusterOptions).filter(name => name in values);
    if (only !== undefined) throw new UsageError(`--${only} needs --cluster`);
    return undefined;
  }
  if (targets.length > 0) {
    throw new UsageError('--cluster takes no targets: audit them in a call of their own');
  }
  const [ofHelm] = Object.keys({...helmCallOptions, ...scaleOptions}).filter(
    name => name !== 'namespace' && name in values,
  );
  if (ofHelm !== undefined) throw new UsageError(`--${ofHelm} is for charts, not for --cluster`);
  if (isAll === true && namespace !== undefined) {
    throw new UsageError('--namespace and --all-namespaces contradict each other: use one');
  }
  return {context, namespaces: namespace};
}
