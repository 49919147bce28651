import {asList, asString, isList, isMap, type Json, type JsonMap, type Path} from '../json.ts';
import {type Severity, severities} from '../severity.ts';
import {readOwnFile} from '../stream/own-file.ts';
import {emitFlow} from '../yaml/emit.ts';
import {type Aspect, aspects, type FoundFact, type ObjectFacts, type Posture} from './posture.ts';

/** The version of the format, which only this constant decides. */
const apiVersion = 'kube-harden.io/v1alpha1';
const kind = 'Baseline';
const keys = ['apiVersion', 'kind', 'objects', 'exceptions', 'findings'];

const isOfOurGroup = (version: Json | undefined): boolean =>
  asString(version)?.startsWith('kube-harden.io/') === true;

/** Whether an object is a lock file of any version, and has nothing that kubectl could apply, such as `items`. */
export const isLock = (object: JsonMap): boolean =>
  object['kind'] === kind &&
  isOfOurGroup(object['apiVersion']) &&
  Object.keys(object).every(key => keys.includes(key));

const head = `# Written by \`kube-harden baseline\`. \`kube-harden diff\` compares with it; \`kube-harden diff --update\` accepts what changed.
apiVersion: ${apiVersion}
kind: ${kind}
`;

/**
 * A posture as the text of a lock file: sorted, one fact a line, so that changes of two branches merge
 * and a review shows what changed.
 */
export function toLockFile({objects, exceptions, findings}: Posture): string {
  const titles = [...objects.keys()].sort();
  return [
    head,
    titles.length === 0 ? 'objects: {}\n' : 'objects:\n',
    ...titles.flatMap(title => objectLines(title, objects.get(title) as ObjectFacts)),
    ...listLines('exceptions', exceptions, ''),
    ...listLines('findings', findings, ''),
  ].join('');
}

function objectLines(title: string, {facts, isHook}: ObjectFacts): readonly string[] {
  const lines = aspects.flatMap(aspect =>
    facts[aspect].length === 0 ? [] : listLines(aspect, facts[aspect], '    '),
  );
  const key = `  ${scalar(title)}:`;
  if (lines.length === 0 && !isHook) return [`${key} {}\n`];
  return [`${key}\n`, ...(isHook ? ['    hook: true\n'] : []), ...lines];
}

function listLines(key: string, facts: readonly FoundFact[], indent: string): readonly string[] {
  if (facts.length === 0) return [`${indent}${key}: []\n`];
  const texts = facts.map(lineOf).sort();
  return [`${indent}${key}:\n`, ...texts.map(text => `${indent}  - ${scalar(text)}\n`)];
}

const lineOf = ({text, severity, isExcepted}: FoundFact): string =>
  `${text} (${severity}${isExcepted === true ? ', excepted' : ''})`;

/**
 * A text as YAML that every parser reads alike; without quotes where that is possible. A single word may be
 * more than a text: `yes`.
 */
const scalar = (text: string): string =>
  /[ /]/.test(text) && plain.test(text) ? text : emitFlow(text);

const plain = /^[A-Za-z](?:[\w./,@()[\]"+=*-]|[ :](?=[\w./,@()[\]"+=*-]))*$/;

/** Whether a text is a lock file, of this version or another, or was one before a merge. */
export const isLockFile = (text: string): boolean =>
  /^apiVersion: *["']?kube-harden\.io\//m.test(text) && /^kind: *["']?Baseline\b/m.test(text);

/**
 * The posture in the text of a lock file.
 *
 * @throws {UsageError} with line and column if it is not as `toLockFile` writes it
 */
export function readLockFile(text: string, file: string): Posture {
  const {value, fail} = readOwnFile(text, file, 'the lock file', 'kube-harden baseline');
  return new LockReader(value, fail).read();
}

type Fail = (message: string, path: Path) => never;

/** Reads the value of a lock file, strictly. */
class LockReader {
  readonly #value: Json;
  readonly #fail: Fail;

  constructor(value: Json, fail: Fail) {
    this.#value = value;
    this.#fail = fail;
  }

  read(): Posture {
    const whole = this.#map(this.#value, []);
    this.#requireVersion(whole);
    this.#requireKeys(whole, keys, []);
    const objects = this.#map(whole['objects'] ?? {}, ['objects']);
    return {
      objects: new Map(
        Object.keys(objects).map(title => [
          title,
          this.#object(this.#map(objects[title], ['objects', title]), ['objects', title]),
        ]),
      ),
      exceptions: this.#facts(whole, 'exceptions', []),
      findings: this.#facts(whole, 'findings', []),
    };
  }

  #requireVersion(whole: JsonMap): void {
    const {apiVersion: version, kind: found} = whole;
    if (version !== apiVersion) {
      const message = isOfOurGroup(version)
        ? `this kube-harden reads lock files of ${apiVersion}, not of ${version}: update kube-harden, or write the file again with \`kube-harden baseline\``
        : `a lock file must have \`apiVersion: ${apiVersion}\``;
      this.#fail(message, ['apiVersion']);
    }
    if (found !== kind) this.#fail(`a lock file must have \`kind: ${kind}\``, ['kind']);
  }

  #requireKeys(map: JsonMap, known: readonly string[], path: Path): void {
    const unknown = Object.keys(map).find(key => !known.includes(key));
    if (unknown === undefined) return;
    this.#fail(`unknown key "${unknown}": it must be one of ${known.join(', ')}`, [
      ...path,
      unknown,
    ]);
  }

  #object(map: JsonMap, path: Path): ObjectFacts {
    this.#requireKeys(map, ['hook', ...aspects], path);
    if (map['hook'] !== undefined && map['hook'] !== true) {
      this.#fail('`hook` must be true, or left out', [...path, 'hook']);
    }
    const facts = (aspect: Aspect) => this.#facts(map, aspect, path);
    return {
      facts: {
        images: facts('images'),
        privileges: facts('privileges'),
        account: facts('account'),
        exposure: facts('exposure'),
        leadsTo: facts('leadsTo'),
        reachableFrom: facts('reachableFrom'),
        connectsTo: facts('connectsTo'),
        grants: facts('grants'),
        admission: facts('admission'),
      },
      isHook: map['hook'] === true,
    };
  }

  #facts(map: JsonMap, key: string, path: Path): readonly FoundFact[] {
    const list = map[key] ?? [];
    if (!isList(list)) this.#fail(`\`${key}\` must be a list`, [...path, key]);
    return asList(list).map((item, index) => this.#fact(item, [...path, key, index]));
  }

  #fact(item: Json | undefined, path: Path): FoundFact {
    const parsed = typeof item === 'string' ? factIn(item) : undefined;
    return (
      parsed ?? this.#fail('a line must be a text that ends in a severity, such as "(high)"', path)
    );
  }

  #map(value: Json | undefined, path: Path): JsonMap {
    return isMap(value) ? value : this.#fail('a mapping was expected', path);
  }
}

function factIn(line: string): FoundFact | undefined {
  const [, text = '', severity, excepted] = /^(.+) \((\w+)(, excepted)?\)$/s.exec(line) ?? [];
  if (!severities.some(each => each === severity)) return undefined;
  return {text, severity: severity as Severity, isExcepted: excepted !== undefined};
}
