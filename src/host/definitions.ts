import {readFileSync, statSync} from 'node:fs';
import {UsageError} from '../errors.ts';
import {asList, asMap, type Json, type JsonMap} from '../json.ts';
import {DefinedPlaces, isOpen, kindDefinedBy} from '../kubernetes/defined-places.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {LineIndex} from '../stream/lines.ts';
import {YamlError} from '../yaml/error.ts';
import {readDocument} from '../yaml/read.ts';
import {splitDocuments} from '../yaml/split.ts';
import {decodeInput} from './input.ts';
import {use, walk} from './walk.ts';

/**
 * Where custom resources contain pods, as the CustomResourceDefinitions in files and folders show it.
 *
 * @param paths files, or folders with their subfolders; other objects in them are passed over
 * @param declared kinds that the policy declares: what it says about them stays
 * @throws {UsageError} if one does not exist, cannot be read, or contains no definition
 */
export function definedBy(paths: readonly string[], declared: PodPlaces): PodPlaces {
  const defined = new DefinedPlaces();
  for (const path of paths) {
    const definitions = filesAt(path).flatMap(definitionsIn);
    if (definitions.length === 0) {
      throw new UsageError('--crds must name a file or folder with a CustomResourceDefinition', {
        file: path,
      });
    }
    for (const definition of definitions) {
      if (isOpen(kindDefinedBy(definition), declared)) defined.add(definition);
    }
  }
  return defined.places;
}

function filesAt(path: string): readonly string[] {
  if (!use(path, () => statSync(path)).isDirectory()) return [path];
  const files: string[] = [];
  for (const found of walk(path)) {
    if ('is' in found && (found.is === 'file' || found.is === 'chart file')) files.push(found.file);
  }
  return files;
}

const kind = 'CustomResourceDefinition';

/** @throws {UsageError} with line and column, if a document that may be a definition cannot be parsed */
function definitionsIn(file: string): readonly JsonMap[] {
  const text = decodeInput(
    use(file, () => readFileSync(file)),
    file,
  );
  if (!text.includes(kind)) return [];
  try {
    return splitDocuments(text)
      .filter(({start, end}) => text.slice(start, end).includes(kind))
      .flatMap(({start, end}) => objectsIn(readDocument(text, start, end).value));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const place = {file, ...new LineIndex(text).at(error.offset)};
    throw new UsageError(error.message, place, {cause: error});
  }
}

/** The definition that a document is, or those of a list. */
function objectsIn(document: Json | undefined): readonly JsonMap[] {
  const object = asMap(document);
  return [object, ...asList(object?.['items']).map(asMap)].filter(
    each => each !== undefined && each['kind'] === kind,
  ) as readonly JsonMap[];
}
