import type {Connection} from '../../network-changes.ts';

/** What becomes of connections, worst for an application first. The words are also the names of classes. */
export const connectionKinds = ['cut', 'changed', 'opened', 'kept'] as const;

/** A sign for each, so that colors are not all that tells them apart. */
export const signOf: Readonly<Record<Connection['change'], string>> = {
  cut: '✕',
  changed: '◐',
  opened: '+',
  kept: '●',
};
