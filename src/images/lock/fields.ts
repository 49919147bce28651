/** The version of the format, which only this constant decides. */
export const apiVersion = 'kube-harden.io/v1alpha1';
export const kind = 'ImageLock';

/** The usual name of the file, which is looked for beside the policy. */
export const imageLockName = 'kube-harden-images.yaml';

/** The command that writes it. */
export const writingCommand = 'kube-harden images TARGET';

export const topKeys = ['apiVersion', 'kind', 'images'];

/** The keys of a configuration, in the order in which they are written. */
export const configKeys = [
  'user',
  'uid',
  'gid',
  'entrypoint',
  'command',
  'ports',
  'volumes',
  'stopSignal',
  'labels',
] as const;
