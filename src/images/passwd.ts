import {type ImageConfig, numberOf} from './image.ts';

/** The numbers of a user and its group. */
export interface Numbers {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The numbers of the user that an image sets as `name`, or as `name:group`, according to its `/etc/passwd` and
 * `/etc/group`, as runtimes look them up: the first line with the name counts. The group of `/etc/passwd` is left to
 * the runtime.
 */
export function numbersOf(user: string, passwd: string, group: string): Numbers {
  const [name = '', groupName = ''] = user.split(':');
  const uid = numberOf(name) ?? idIn(passwd, name);
  const gid = groupName === '' ? undefined : (numberOf(groupName) ?? idIn(group, groupName));
  return {...(uid === undefined ? {} : {uid}), ...(gid === undefined ? {} : {gid})};
}

/** The number in the third field of the line of `name`. */
const idIn = (text: string, name: string): number | undefined => {
  const line = text.split('\n').find(each => each.startsWith(`${name}:`));
  return numberOf(line?.split(':')[2] ?? '');
};

/** Whether the number of the user, or of the group that the image sets, is still unknown. */
export const lacksNumbers = ({user, uid, gid}: ImageConfig): boolean =>
  uid === undefined || (gid === undefined && user.split(':').slice(1).join(':') !== '');

/** Whether more than the configuration is needed to know the numbers. */
export const needsLookup = ({user, uid}: ImageConfig): boolean =>
  uid === undefined || numberOf(user.split(':')[1] || '0') === undefined;
