import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {repository} from '../test/tools/tools.ts';

const rendered = path.join(repository, 'charts-fixtures/rendered');

/**
 * The documents of all fixtures; the first is a workload, so that the shortest stream contains one.
 */
const release = startingWith(
  /^kind: DaemonSet$/m,
  ['unsafe', 'shop', 'hardened'].flatMap(chart =>
    documentsOf(readFileSync(path.join(rendered, `${chart}.yaml`), 'utf8')),
  ),
);

/**
 * What belongs to one release and must differ in each copy: names of objects, labels, namespaces.
 */
const ownNames = [
  ...new Set(
    release.flatMap(document =>
      [
        ...document.matchAll(
          /^ *(?:name|namespace|app|app\.kubernetes\.io\/(?:name|instance)): "?([a-z][a-z0-9-]*)"?(?: |$)/gm,
        ),
      ].flatMap(match => match[1] ?? []),
    ),
  ),
].sort((a, b) => b.length - a.length);

/**
 * Such a name as a word, also as a host and in the group of a CustomResourceDefinition; not as a
 * key, a path or a part of an image.
 */
const ownName = new RegExp(
  `(?:(?<![\\w./-])|(?<=://|\\bcoupons\\.|\\bapparmor\\.security\\.beta\\.kubernetes\\.io/))(?:${ownNames.join('|')})(?![\\w-]|:(?:\\s|$))` +
    `|(?<=apparmor\\.security\\.beta\\.kubernetes\\.io/)(?:${ownNames.join('|')})(?=:)` +
    `|(?<=\\.)demo(?=\\.svc\\b)`,
  'gm',
);

/**
 * A stream with this many documents, each after `---`: the releases of the fixtures repeated, every
 * copy with its own names, labels and namespaces.
 */
export function streamOf(count: number): string {
  return Array.from({length: count}, (_, index) => {
    const copy = Math.floor(index / release.length);
    return `---\n${release[index % release.length]?.replace(ownName, `$&-${copy}`)}`;
  }).join('');
}

/** One small chart: the documents of one template of the unsafe fixture. */
export function smallChart(): string {
  return release
    .filter(document => document.includes('# Source: unsafe/templates/web.yaml'))
    .map(document => `---\n${document}`)
    .join('');
}

/** All YAML files of a folder in one stream. */
export function folderStream(folder: string): string {
  const files = readdirSync(folder).filter(file => file.endsWith('.yaml'));
  return joined(files.map(file => path.join(folder, file)));
}

/** The named files of a folder in one stream; undefined if one is missing. */
export function filesStream(folder: string, names: readonly string[]): string | undefined {
  const files = names.map(name => path.join(folder, `${name}.yaml`));
  return files.every(file => existsSync(file)) ? joined(files) : undefined;
}

const joined = (files: readonly string[]): string =>
  files
    .flatMap(file => documentsOf(readFileSync(file, 'utf8')))
    .map(document => `---\n${document}`)
    .join('');

/** Releases of public charts, by the files of the corpus that they consist of. */
export const releases = {
  '14 documents of charts': [
    'kubernetes-sigs--metrics-server--metrics-server',
    'prometheus-community--helm-charts--kube-state-metrics',
  ],
  '31 documents of charts': [
    'kubernetes--ingress-nginx--ingress-nginx',
    'falcosecurity--charts--falco',
    'falcosecurity--charts--falcosidekick',
  ],
} as const;

/** The number of documents in a stream. */
export const countDocuments = (stream: string): number => documentsOf(stream).length;

function documentsOf(stream: string): readonly string[] {
  return stream
    .split(/^---[ \t]*\r?\n/m)
    .filter(document => /^["']?kind\b/m.test(document))
    .map(document => (document.endsWith('\n') ? document : `${document}\n`));
}

function startingWith(pattern: RegExp, documents: readonly string[]): readonly string[] {
  const first = documents.findIndex(document => pattern.test(document));
  return [...documents.slice(first), ...documents.slice(0, first)];
}
