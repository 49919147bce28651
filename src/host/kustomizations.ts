import {readdirSync, realpathSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {asString} from '../json.ts';
import {
  isRemote,
  type KustomizationFile,
  pathsInPlugin,
  type Reference,
  readKustomization,
  readObjects,
} from './kustomization.ts';
import {isWithin} from './links.ts';
import {readFile} from './read-file.ts';
import {isKustomization, use} from './walk.ts';

/** A kustomization with all its inputs. */
export interface Kustomization {
  /** Its file, in the user's notation. */
  readonly file: string;
  /** The real path of its folder. */
  readonly folder: string;
  /** Whether it was found directly, and not only included. */
  readonly isFound: boolean;
  readonly isComponent: boolean;
  /** The real paths of the kustomizations that it includes. */
  readonly bases: readonly string[];
  /** What it uses the files of its folder as, by real path; files that it builds are not listed. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** Why it is not built, if something is wrong with it. */
  readonly fault?: UsageError;
}

/** What a kustomization uses a file as. */
interface Taken {
  readonly by: string;
  readonly as: string | undefined;
}

/** The kustomizations of an audited folder, and those that they include. */
export class Kustomizations {
  /** The real path of that folder. */
  readonly root: string;
  /** What they may include lies in here: the working directory if the folder does, else the folder itself. */
  readonly #around: string;
  readonly #target: string;
  readonly #files: ReadonlySet<string>;
  readonly #byFolder = new Map<string, Kustomization>();
  #taken: ReadonlyMap<string, Taken> | undefined;

  /** @throws {UsageError} if the folder of one of `files` no longer exists */
  constructor(target: string, files: readonly string[]) {
    this.#target = target;
    this.#files = new Set(files);
    this.root = use(target, () => realpathSync(target));
    const here = realpathSync('.');
    this.#around = isWithin(here, this.root) ? here : this.root;
    const folders = files.map(file => use(file, () => realpathSync(path.dirname(file))));
    const found = new Set(folders);
    for (const folder of folders) this.#add(folder, found);
  }

  /** Whether the file was found directly. */
  has(file: string): boolean {
    return this.#files.has(file);
  }

  /** In the order in which they were found, each before what it includes. */
  get all(): readonly Kustomization[] {
    return [...this.#byFolder.values()];
  }

  /** What a kustomization uses a file as, by real path, if any does. */
  taking(file: string): Taken | undefined {
    this.#taken ??= new Map(
      this.all.flatMap(({file: by, files}) => [...files].map(([each, as]) => [each, {by, as}])),
    );
    return this.#taken.get(file);
  }

  #add(start: string, found: ReadonlySet<string>): void {
    const waiting = [start];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      if (this.#byFolder.has(folder)) continue;
      const read = this.#read(folder, found.has(folder));
      this.#byFolder.set(folder, read);
      waiting.push(...read.bases);
    }
  }

  #read(folder: string, isFound: boolean): Kustomization {
    const shown = path.join(this.#target, path.relative(this.root, folder));
    let file = shown;
    try {
      file = path.join(shown, kustomizationIn(folder, shown));
      const read = readKustomization(file);
      const {isComponent} = read;
      return {file, folder, isFound, isComponent, ...this.#follow(read, folder, file)};
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      file = error.place.file ?? file;
      return {file, folder, isFound, isComponent: false, bases: [], files: new Map(), fault: error};
    }
  }

  /** The inputs of a kustomization, and what is wrong with it, if anything. */
  #follow({references, rendersCharts}: KustomizationFile, folder: string, file: string) {
    const bases = new Set<string>();
    const files = new Map<string, string | undefined>();
    const faults = rendersCharts ? [runsNoHelm] : [];
    for (const reference of references) {
      const found = this.#find(reference, folder);
      if (found.fault !== undefined) faults.push(found.fault);
      if (found.base !== undefined) bases.add(found.base);
      if (found.file !== undefined && isWithin(folder, found.file)) {
        files.set(found.file, reference.as);
      }
    }
    const [message] = faults;
    const fault = message === undefined ? {} : {fault: new UsageError(message, {file})};
    return {bases: [...bases], files, ...fault};
  }

  /** The target of a reference, and why kustomize must not see it, if so. */
  #find(reference: Reference, folder: string): Found {
    const {text, field, isInline, isPlugin} = reference;
    if (isInline && /\n|^\s*\{/.test(text)) {
      const named = `\`${field}\` contains a plugin`;
      return isPlugin ? {fault: faultOfPlugin(named, () => Buffer.from(text))} : {};
    }
    const named = naming(field, text);
    if (isRemote(text))
      return {fault: `${named}, which kustomize might download: ${fetchesNothing}`};
    const place = path.resolve(folder, text);
    if (path.isAbsolute(text) || !isWithin(this.#around, place)) return {fault: named + outside};
    const stats = statsOf(place);
    if (stats === undefined) return {fault: `${named}, which does not exist`};
    const real = realpathSync(place);
    if (!isWithin(this.#around, real)) return {fault: named + outside};
    return foundAt(real, stats, named, reference);
  }
}

/** The target of a reference, by real path: a file or a folder, or neither. */
interface Found {
  /** The folder of a kustomization. */
  readonly base?: string;
  readonly file?: string;
  readonly fault?: string | undefined;
}

const fetchesNothing =
  'an audit downloads nothing, but you can pipe what you build yourself: `kustomize build FOLDER | kube-harden audit -`';

const outside =
  ', which is outside the audited folder and the working directory: run the audit in a folder that contains both, or pipe what you build yourself: `kustomize build FOLDER | kube-harden audit -`';

const runsNoHelm =
  '`helmCharts` makes kustomize run helm, and an audit does not: pipe what you build yourself, `kustomize build --enable-helm FOLDER | kube-harden audit -`';

const runsNoPlugin =
  'an audit runs no plugins and no functions, but you can pipe what you build yourself: `kustomize build --enable-alpha-plugins --enable-exec FOLDER | kube-harden audit -`';

/**
 * The name of the file that kustomize reads. @throws {UsageError} unless there is exactly one,
 * which is a file of that folder
 */
function kustomizationIn(folder: string, shown: string): string {
  const [name, second] = use(shown, () => readdirSync(folder, {withFileTypes: true}))
    .filter(entry => !entry.isDirectory() && isKustomization(entry.name))
    .map(entry => entry.name);
  if (name === undefined)
    throw new UsageError('the folder contains no kustomization', {file: shown});
  const file = path.join(shown, name);
  if (second !== undefined) {
    throw new UsageError(`${second} is next to it, and kustomize accepts only one`, {file});
  }
  const place = path.join(folder, name);
  if (statsOf(place)?.isFile() !== true) throw new UsageError('it is not a regular file', {file});
  if (isWithin(folder, realpathSync(place))) return name;
  throw new UsageError('it is a link that points outside its folder', {file});
}

/** What is at `place`; undefined if there is nothing, or there cannot be anything. */
function statsOf(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}

const longestShown = 200;

/** The field and its value, for a message. */
const naming = (field: string, text: string): string =>
  `\`${field}\` names "${text.length > longestShown ? `${text.slice(0, longestShown)}…` : text}"`;

function foundAt(
  place: string,
  stats: Stats,
  named: string,
  {isFolder, isPlugin}: Reference,
): Found {
  if (stats.isDirectory()) {
    return isFolder ? {base: place} : {fault: `${named}, which is a folder, but must be a file`};
  }
  if (!stats.isFile()) return {fault: `${named}, which is not a regular file`};
  if (!isPlugin) return {file: place};
  return {file: place, fault: faultOfPlugin(named, () => readFile(place))};
}

/** Why a generator, transformer or validator is not run: only those built into kustomize are. */
function faultOfPlugin(named: string, read: () => Uint8Array): string | undefined {
  try {
    const bytes = read();
    for (const object of readObjects(bytes, '')) {
      const kind = asString(object['kind']) ?? '';
      if (object['apiVersion'] !== 'builtin' || kind.startsWith('HelmChart')) {
        return `${named}, whose kind "${kind}" is not built into kustomize: ${runsNoPlugin}`;
      }
      const remote = pathsInPlugin(object).find(isRemote);
      if (remote !== undefined) {
        const what = naming('path', remote);
        return `${named}, where ${what}, which kustomize might download: ${fetchesNothing}`;
      }
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `${named}, which cannot be read: ${error.message}`;
  }
}
