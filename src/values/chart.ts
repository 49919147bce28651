import {
  asList,
  asMap,
  asString,
  Dictionary,
  isMap,
  type Json,
  type JsonMap,
  type Path,
} from '../json.ts';
import {readText} from '../yaml/read-text.ts';

/** The files of a chart by their paths in its folder; archives in `charts/` are unpacked where they are. */
export type ChartFiles = ReadonlyMap<string, string>;

/** A chart or one of its subcharts: once for each name under which the chart above it gives it values. */
export interface ChartPart {
  /** Where its values are in those of the chart. */
  readonly prefix: Path;
  readonly templates: readonly string[];
}

export interface ChartModel {
  /** The values of the chart, with those of its subcharts and of the user. */
  readonly values: JsonMap;
  readonly parts: readonly ChartPart[];
}

/** Deeper and more subcharts than any real chart has. */
const mostParts = 200;
const deepest = 8;

/** What the files of a chart say about its values; `given` are values that the user gives, the last first served. */
export function chartModel(files: ChartFiles, given: readonly JsonMap[]): ChartModel {
  const parts: ChartPart[] = [];
  let values = partOf(filesByFolder(files), '', [], parts);
  for (const each of given) values = merged(values, each);
  return {values, parts};
}

type Folders = ReadonlyMap<string, readonly (readonly [string, string])[]>;

/** The files that belong to each chart, by the folder of the chart. */
function filesByFolder(files: ChartFiles): Folders {
  const folders = new Map<string, (readonly [string, string])[]>();
  for (const [file, text] of files) {
    const [, folder = '', name = ''] = /^((?:charts\/[^/]+\/)*)(.*)$/s.exec(file) ?? [];
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [[name, text]]);
    else known.push([name, text]);
  }
  return folders;
}

function partOf(folders: Folders, folder: string, prefix: Path, parts: ChartPart[]): JsonMap {
  const files = new Map(folders.get(folder));
  const templates = [...files]
    .filter(([name]) => name.startsWith('templates/'))
    .map(([, text]) => text);
  parts.push({prefix, templates});
  let values = mapIn(files.get('values.yaml'));
  const below = new Dictionary();
  for (const [name, inside] of subchartsOf(folders, folder)) {
    for (const alias of aliasesOf(files, name)) {
      if (parts.length >= mostParts || prefix.length >= deepest) continue;
      below[alias] = partOf(folders, inside, [...prefix, alias], parts);
    }
  }
  values = merged(below, values);
  return values;
}

/** The names of the subcharts in `folder`, with their folders. */
function* subchartsOf(folders: Folders, folder: string): Iterable<readonly [string, string]> {
  for (const [other, files] of folders) {
    if (!other.startsWith(`${folder}charts/`) || other.slice(folder.length).split('/').length !== 3)
      continue;
    const name = asString(mapIn(new Map(files).get('Chart.yaml'))['name']);
    if (name !== undefined) yield [name, other];
  }
}

/** The names under which a chart gives values to a subchart. */
function aliasesOf(files: ReadonlyMap<string, string>, name: string): readonly string[] {
  const declared = [
    ...asList(mapIn(files.get('Chart.yaml'))['dependencies']),
    ...asList(mapIn(files.get('requirements.yaml'))['dependencies']),
  ];
  const aliases = declared.flatMap(item => {
    const dependency = asMap(item);
    return dependency?.['name'] === name ? [asString(dependency['alias']) ?? name] : [];
  });
  return aliases.length === 0 ? [name] : [...new Set(aliases)];
}

/** The mapping in a YAML text; an empty one if it has none. */
export const mapIn = (text: string | undefined): JsonMap =>
  asMap(text === undefined ? undefined : readText(text)[0]) ?? new Dictionary();

/** Values over defaults, as Helm merges them, except that null stays. */
function merged(defaults: JsonMap, values: JsonMap): JsonMap {
  const result = new Dictionary();
  for (const key of Object.keys(defaults)) result[key] = defaults[key] as Json;
  for (const key of Object.keys(values)) {
    const [below, above] = [result[key], values[key] as Json];
    result[key] = isMap(below) && isMap(above) ? merged(below, above) : above;
  }
  return result;
}
