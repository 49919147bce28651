import {posix} from 'node:path';
import {asMap, asString, isList, type Path, valueAt} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';
import type {Resource} from './resource.ts';

/** A host path volume. */
export interface HostPathVolume {
  readonly name: string;
  /** The folder as written in the manifest. */
  readonly text: string;
  /**
   * The place that it means: absolute, without `..`, with `/run` for `/var/run`. For Windows: in
   * lower case, with slashes, without the drive.
   */
  readonly place: string;
  /** The path of the volume, from the root of the object. */
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

/**
 * The host folders of a PersistentVolume, which a claim then mounts. Without a path, it is the
 * root.
 */
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
 * The place that `text` means, computed in the same way as in the guard. A path with `..` may be
 * anywhere: the API server refuses it on Linux, and on Windows links may lead elsewhere. Beyond
 * ASCII, Windows has its own rules for lower case.
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
 * Folders of a node with its configuration, programs, devices, run-time state or keys, with `/run`
 * for `/var/run`.
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

/** Additional folders of a Windows node. */
export const windowsFolders = ['/program files', '/programdata', '/users', '/windows'];

/** Whether mounting `place` exposes a sensitive host folder, or a part of one. */
export const isSensitive = (place: string): boolean =>
  sensitiveFolders.some(folder => touches(place, folder)) ||
  windowsFolders.some(folder => touches(place, folder));

/** Whether mounting `place` exposes `target`, or a part of it. */
const touches = (place: string, target: string): boolean =>
  isWithin(target, place) || isWithin(place, target);

/** Whether `place` is `folder`, or inside it. */
export const isWithin = (place: string, folder: string): boolean =>
  folder === '/' ||
  (place.startsWith(folder) && (place.length === folder.length || place[folder.length] === '/'));
