import {UsageError} from '../errors.ts';
import type {Json, Path} from '../json.ts';
import {YamlError} from '../yaml/error.ts';
import {locate} from '../yaml/locate.ts';
import {hasContent, type YamlDocument} from '../yaml/nodes.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';
import {LineIndex} from './lines.ts';

/** The value in a file that kube-harden itself has written. */
export interface OwnFile {
  readonly value: Json;
  /** @throws {UsageError} with the line and column of the value at `path` */
  readonly fail: (message: string, path: Path) => never;
}

/**
 * Reads `text`, the content of `file`, which git may have merged: a single document without a key that is there twice.
 *
 * @param what What it is, at the beginning of a sentence: "the lock file"
 * @param command The command that writes it again
 * @throws {UsageError} with line and column if it is not that
 */
export function readOwnFile(text: string, file: string, what: string, command: string): OwnFile {
  const lines = new LineIndex(text);
  const failAt = (message: string, offset: number): never => {
    throw new UsageError(message, {file, ...lines.at(offset)});
  };
  const mark = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(text);
  if (mark !== null) {
    return failAt(
      `${what} has the marks of a merge conflict: resolve it, or delete the file and write it again with \`${command}\``,
      mark.index,
    );
  }
  const document = documentOf(text, what, failAt);
  return {
    value: document.value,
    fail: (message, path) => failAt(message, locate(document, path)),
  };
}

function documentOf(
  text: string,
  what: string,
  fail: (message: string, offset: number) => never,
): YamlDocument {
  try {
    const [first, second] = splitDocuments(text)
      .map(({start, end}) => readDocument(text, start, end))
      .filter(hasContent);
    if (first === undefined) return fail(`${what} is empty`, 0);
    if (second !== undefined) return fail(`${what} must be a single document`, second.start);
    const [twice] = first.ambiguities;
    if (twice === undefined) return first;
    return fail(`the key "${twice.key}" is there twice: keep one of the two`, twice.offset);
  } catch (error) {
    if (error instanceof YamlError) return fail(error.message, error.offset);
    throw error;
  }
}
