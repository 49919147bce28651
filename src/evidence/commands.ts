import {asList} from '../json.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import {once, type Witness} from './witness.ts';

/** Programs that change the node. */
export const nodePrograms = ['sysctl', 'modprobe', 'insmod', 'nsenter', 'swapoff', 'losetup'];

/** Programs that need the capability SYS_ADMIN. */
export const mountingPrograms = ['mount', 'umount', 'nsenter', 'unshare'];

/** The container at fault runs one of these programs; of a pod at fault, any container. */
export const runs =
  (programs: readonly string[], why: string): Witness =>
  ({pod, container}) => {
    for (const each of container === undefined ? pod.containers : [container]) {
      const words = wordsOf(each);
      const program = programs.find(name => words.has(name));
      if (program === undefined) continue;
      return `container "${each.name}" runs \`${program}\`, which ${why}`;
    }
    return undefined;
  };

/** The words of a container's `command` and `args`, shell scripts included, less their folders. */
const wordsOf = once(({value}: Container): ReadonlySet<string> => {
  const words = new Set<string>();
  for (const text of [...asList(value['command']), ...asList(value['args'])]) {
    if (typeof text !== 'string') continue;
    for (const word of text.split(/[^\w./-]+/)) words.add(word.slice(word.lastIndexOf('/') + 1));
  }
  return words;
});
