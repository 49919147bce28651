import {asList, asMap, asString, type Json, textOf, valueAt} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {commandTexts} from './commands.ts';
import {ConfigFiles} from './config-files.ts';
import {writableMountsOf} from './host-folders.ts';
import type {StreamFacts} from './stream-facts.ts';
import {type ContainerWitness, once} from './witness.ts';

const filesOf = once((resource: Resource) => new ConfigFiles(resource));

/** The ConfigMaps and Secrets of the stream that a container mounts. */
function* configFilesOf(
  {value}: Container,
  pod: PodSpec,
  facts: StreamFacts,
): Iterable<ConfigFiles> {
  const mounted = new Set(asList(value['volumeMounts']).map(item => asMap(item)?.['name']));
  if (mounted.size === 0) return;
  for (const volume of asList(pod.value['volumes'])) {
    if (!mounted.has(asMap(volume)?.['name'])) continue;
    for (const source of [volume, ...asList(valueAt(volume, ['projected', 'sources']))]) {
      for (const {kind, name} of configsIn(source)) {
        const resource = facts.config(kind, name, pod.resource.namespace);
        if (resource !== undefined) yield filesOf(resource);
      }
    }
  }
}

function* configsIn(source: Json | undefined) {
  const map = asString(valueAt(source, ['configMap', 'name']));
  if (map !== undefined) yield {kind: 'ConfigMap', name: map} as const;
  const secret =
    asString(valueAt(source, ['secret', 'secretName'])) ??
    asString(valueAt(source, ['secret', 'name']));
  if (secret !== undefined) yield {kind: 'Secret', name: secret} as const;
}

/** A script that the container gets from a ConfigMap or Secret in the stream needs privileges. */
export const runsScript: ContainerWitness = (container, pod, facts) => {
  const isNamed = (name: string) => commandTexts(container).some(each => each.includes(name));
  for (const files of configFilesOf(container, pod, facts)) {
    const found = files.privileged.find(({name, isScript}) => isScript || isNamed(name));
    if (found !== undefined) {
      return `"${found.name}" of the ${files.title}, which is mounted in container "${container.name}", ${found.use}`;
    }
  }
  return undefined;
};

/** The configuration of the container names a file in a writable host folder to write to. */
export const writesBelowMount: ContainerWitness = (container, pod, facts) => {
  const mounts = writableMountsOf(container, pod).map(({mountPath}) =>
    mountPath.replace(/\/+$/, ''),
  );
  const folders = mounts.filter(folder => folder !== '');
  if (folders.length === 0) return undefined;
  for (const {from, text} of textsFor(container, pod, facts)) {
    for (const folder of folders) {
      const file = writtenBelow(folder, text);
      if (file !== undefined) {
        return `container "${container.name}" keeps "${file}", which ${from} names, in a host folder`;
      }
    }
  }
  return undefined;
};

function* textsFor(container: Container, pod: PodSpec, facts: StreamFacts) {
  for (const text of commandTexts(container)) yield {from: 'its command', text};
  for (const item of asList(container.value['env'])) {
    const {name = '', value} = asMap(item) ?? {};
    if (typeof value === 'string')
      yield {from: 'its environment', text: `${textOf(name)}=${value}`};
  }
  for (const {title, text} of configFilesOf(container, pod, facts)) {
    yield {from: `the ${title}`, text};
  }
}

/** Names of files and folders to which programs write: sockets, databases, positions, locks. */
const writtenName =
  /[.](?:sock|socket|db|sqlite3?|pos|pid|lock|state|bolt|wal|cursor)$|(?:^|[/_.-])(?:positions?|registry|checkpoints?|cursors?|buffers?|storage|spool|state)(?:[/_.-]|$)/i;

/** Names of settings for where a program writes. */
const writingSetting =
  /(?:\b|_|-|\.)(?:db|database|pos_file|positions?|pid|lock|socket|endpoint|listen|state|storage|buffer|spool|cursor|checkpoint|registry|output|(?:log|audit)[_.-]?(?:file|path|dir))[_.-]?(?:file|path|dir|directory)?["']?\s*[=:\s]\s*["']?(?:unix:\/{2})?$/i;

/** A file to which a shell writes. */
const redirect = /(?:>|\btee(?: -a)?) *["']?$/;

/**
 * Whether the name of a file, or the text before it on its line, shows that a program writes to it.
 */
const isWritten = (file: string, before: string): boolean =>
  writtenName.test(file) || writingSetting.test(before) || redirect.test(before);

/**
 * The most matches of a folder that are checked in a text, which bounds the cost of a hostile one.
 */
const mostPlaces = 1000;

/** The maximum length of a setting's name plus the text between it and its value. */
const longestSetting = 60;

function writtenBelow(folder: string, text: string): string | undefined {
  const start = `${folder}/`;
  let at = text.indexOf(start);
  for (let count = 0; at !== -1 && count < mostPlaces; count++) {
    const [rest = ''] = /^[\w@%+=:,./-]{0,200}/.exec(text.slice(at + start.length, at + 300)) ?? [];
    const end = at + start.length + rest.length;
    const line =
      text
        .slice(Math.max(0, at - longestSetting), at)
        .split('\n')
        .at(-1) ?? '';
    // Files of a glob are only read, and the name of another folder may end like this one.
    const isPattern = text[end] === '*';
    const isOther = /[\w.-]$/.test(line);
    if (!isPattern && !isOther && isWritten(rest, line)) {
      return `${start}${rest}`;
    }
    at = text.indexOf(start, end);
  }
  return undefined;
}
