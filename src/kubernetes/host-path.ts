import {posix} from 'node:path';
import {asMap, asString, isList, type Path, valueAt} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';
import type {Resource} from './resource.ts';

/** A volume that is a place on the node. */
export interface HostPathVolume {
  readonly name: string;
  /** The folder as it stands in the manifest. */
  readonly text: string;
  /**
   * The place that is meant: absolute, without `..`, `/run` where `/var/run` leads. Of Windows'
   * places: in small letters, with slashes, without the drive.
   */
  readonly place: string;
  /** Of the volume, from the object's root. */
  readonly path: Path;
}

const none: readonly HostPathVolume[] = [];

export function hostPathVolumesOf(pod: PodSpec): readonly HostPathVolume[] {
  const volumes = pod.value['volumes'];
  if (!isList(volumes)) return none;
  const found: HostPathVolume[] = [];
  for (const [index, item] of volumes.entries()) {
    const volume = asMap(item);
    const source = volume?.['hostPath'];
    if (volume === undefined || source === undefined || source === null) continue;
    const text = asString(asMap(source)?.['path']) ?? '';
    const name = asString(volume['name']) ?? '';
    found.push({name, text, place: placeOf(text), path: [...pod.path, 'volumes', index]});
  }
  return found;
}

/** The folders of a node that a PersistentVolume is: what a claim for it then mounts. One without a path is the root. */
export function hostPathsOfPersistentVolume({kind, group, value}: Resource) {
  if (kind !== 'PersistentVolume' || group !== '') return [];
  return ['hostPath', 'local'].flatMap(source => {
    const volume = asMap(valueAt(value, ['spec', source]));
    if (volume === undefined) return [];
    const text = asString(volume['path']) ?? '';
    return [{text, place: placeOf(text), path: ['spec', source, 'path']}];
  });
}

/**
 * The place that `text` means; the guard asks for it in the same way. One with `..` in it is anywhere: the API server refuses
 * it on Linux, and on Windows links may lead elsewhere. Windows has small letters of its own beyond ASCII's.
 */
export function placeOf(text: string): string {
  const isWindowsPlace = /^(?:[A-Za-z]:|\\)/.test(text);
  const slashed = isWindowsPlace
    ? text
        .replace(/^[A-Za-z]:/, '')
        .replaceAll('\\', '/')
        .replaceAll(/[A-Z]/g, letter => letter.toLowerCase())
    : text;
  if (slashed.split('/').includes('..')) return '/';
  return posix.resolve('/', slashed).replace(/^\/var\/run(?=\/|$)/, '/run');
}

/**
 * Folders of a node that hold its configuration, programs, devices, run-time state or keys, by the
 * place to which `/var/run` leads.
 */
export const sensitiveFolders = [
  '/etc',
  '/bin',
  '/sbin',
  '/usr',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/root',
  '/home',
  '/run',
  '/opt/cni',
  '/snap',
  '/var/lib/cni',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/crio',
  '/var/lib/docker',
  '/var/lib/etcd',
  '/var/lib/k0s',
  '/var/lib/kubelet',
  '/var/lib/rancher',
  '/var/lib/systemd',
  '/var/log',
  '/var/snap',
  '/var/spool/cron',
];

/** Those that a Windows node has beside them. */
export const windowsFolders = ['/program files', '/programdata', '/users', '/windows'];

/** Whether to mount `place` shows a sensitive folder of the node, or a part of one. */
export const isSensitive = (place: string): boolean =>
  sensitiveFolders.some(folder => touches(place, folder)) ||
  windowsFolders.some(folder => touches(place, folder));

/** Whether mounting `place` shows `target`, or a part of it. */
const touches = (place: string, target: string): boolean =>
  isWithin(target, place) || isWithin(place, target);

/** Whether `place` is `folder`, or lies in it. */
export const isWithin = (place: string, folder: string): boolean =>
  folder === '/' || place === folder || place.startsWith(`${folder}/`);
