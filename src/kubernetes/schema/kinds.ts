import {distanceOf} from '../../text/suggest.ts';
import type {Resource} from '../resource.ts';
import {type FieldTypes, type KindsOfVersion, kindsOfKubernetes, typeNamed} from './types.ts';

type Identity = Pick<Resource, 'group' | 'version' | 'kind'>;

let byGroup: Map<string, KindsOfVersion[]> | undefined;

function versionsOf(group: string): readonly KindsOfVersion[] {
  if (byGroup === undefined) {
    byGroup = new Map();
    for (const each of kindsOfKubernetes()) {
      const others = byGroup.get(each.group);
      if (others === undefined) byGroup.set(each.group, [each]);
      else others.push(each);
    }
  }
  return byGroup.get(group) ?? [];
}

/** The fields of a kind of Kubernetes itself. */
export interface KnownKind {
  readonly type: FieldTypes;
  /** Whether they are those of the version that was asked for, or those of another one. */
  readonly isExact: boolean;
}

/** What is known about a kind; undefined for a custom resource, and for what does not exist. */
export function knownKind({group, version, kind}: Identity): KnownKind | undefined {
  const having = versionsOf(group).filter(({kinds}) => kinds.has(kind));
  const found = having.find(each => each.version === version) ?? current(having);
  const name = found?.kinds.get(kind);
  if (found === undefined || name === undefined) return undefined;
  return {type: typeNamed(name), isExact: found.version === version};
}

/** The version to use of several: stable, and in the group to which Kubernetes moved the kind. */
function current(having: readonly KindsOfVersion[]): KindsOfVersion | undefined {
  const maintained = having.filter(({group}) => group !== 'extensions');
  return maintained.find(({version}) => version === 'v1') ?? maintained.at(-1) ?? having.at(-1);
}

/** An identity that no API server has, and the one that is meant. */
export interface MistakenKind {
  readonly field: 'apiVersion' | 'kind';
  readonly meant: string;
}

/**
 * What a kind of Kubernetes that is misspelt, or has the group of another, is meant to be. Custom resources may have
 * the same kinds in their own groups: such a group is mistaken only if it differs in one letter, or lacks `.k8s.io`.
 */
export function mistakenKind({group, version, kind}: Identity): MistakenKind | undefined {
  const own = versionsOf(group);
  if (own.some(({kinds}) => kinds.has(kind))) return undefined;
  const isCustom = group.includes('.') && own.length === 0;
  const having = kindsOfKubernetes().filter(
    each => each.kinds.has(kind) && (!isCustom || isNearly(group, each.group)),
  );
  const home = current(having);
  if (home !== undefined) return {field: 'apiVersion', meant: written(home)};
  if (isCustom) return undefined;
  for (const each of own) {
    const meant = similarIn(each, kind);
    if (meant !== undefined) return {field: 'kind', meant: `${written({group, version})} ${meant}`};
  }
  for (const each of kindsOfKubernetes()) {
    const meant = similarIn(each, kind);
    if (meant !== undefined) return {field: 'kind', meant: `${written(each)} ${meant}`};
  }
  return undefined;
}

const isNearly = (group: string, known: string): boolean =>
  `${group}.k8s.io` === known || distanceOf(group, known) === 1;

const similarIn = ({kinds}: KindsOfVersion, kind: string): string | undefined =>
  [...kinds.keys()].find(known => isMisspelt(kind, known));

/** A kind of a later version of Kubernetes may be similar to one of today: only the least differences count. */
const isMisspelt = (kind: string, known: string): boolean =>
  Math.abs(kind.length - known.length) <= 1 &&
  (kind.toLowerCase() === known.toLowerCase() ||
    isSwapped(kind, known) ||
    (known.length > shortest && distanceOf(kind, known) === 1));

const shortest = 4;

/** Whether two neighbouring letters have changed places. */
function isSwapped(text: string, known: string): boolean {
  if (text.length !== known.length) return false;
  const at = [...known].findIndex((letter, index) => letter !== text[index]);
  const [first = '', second = ''] = text.slice(at, at + 2);
  return at >= 0 && `${text.slice(0, at)}${second}${first}${text.slice(at + 2)}` === known;
}

const written = ({group, version}: Pick<KindsOfVersion, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;
