import {append, type Edit} from '../edits.ts';
import type {ImageFacts} from '../images/facts.ts';
import {asList, asMap, asString} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {shortHash} from '../text/short-hash.ts';

/**
 * The edits that mount an `emptyDir` at each folder that the image of a container writes to or
 * declares as a volume. A folder in which, or around which, something is mounted already is left
 * alone: who made the manifest has thought of it.
 */
export function writableFolders(
  container: Container,
  pod: PodSpec,
  facts: ImageFacts | undefined,
): readonly Edit[] {
  if (facts === undefined || pod.form !== 'template') return [];
  const mounted = mountsOf(container);
  const taken = new Set(asList(pod.value['volumes']).map(volume => asMap(volume)?.['name']));
  const folders = outermost([...(facts.writes ?? []), ...facts.volumes].map(withoutSlash));
  return folders
    .filter(folder => !mounted.some(mount => isWithin(folder, mount)))
    .flatMap(folder => {
      const name = volumeName(container.name, folder, taken);
      return [
        append([...pod.path, 'volumes'], {name, emptyDir: {}}),
        append([...container.path, 'volumeMounts'], {name, mountPath: folder}),
      ];
    });
}

const mountsOf = ({value}: Container): readonly string[] =>
  asList(value['volumeMounts']).flatMap(item => {
    const path = asString(asMap(item)?.['mountPath']);
    return path === undefined ? [] : [withoutSlash(path)];
  });

const withoutSlash = (folder: string): string => folder.replace(/\/+$/, '');

/** Each folder once, without those inside another one. */
const outermost = (folders: readonly string[]): readonly string[] =>
  [...new Set(folders)].filter(
    (folder, _, all) => !all.some(other => other !== folder && isWithin(folder, other)),
  );

const isWithin = (folder: string, outer: string): boolean =>
  folder === outer || folder.startsWith(`${outer}/`);

/** Readable, the same each time, and no volume that the pod has: `var-cache-nginx-1f0a9b3c`. */
function volumeName(container: string, folder: string, taken: ReadonlySet<unknown>): string {
  const words = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostOfFolder);
  for (let salt = ''; ; salt += '+') {
    const hash = shortHash(`${container}:${folder}${salt}`);
    const name = [...words.split('-').filter(word => word !== ''), hash].join('-');
    if (!taken.has(name)) return name;
  }
}

/** With the hash, a DNS label of at most 63 characters. */
const mostOfFolder = 50;
