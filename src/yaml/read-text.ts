import type {Json} from '../json.ts';
import {YamlError} from './error.ts';
import {readDocument} from './read.ts';
import {splitDocuments} from './split.ts';

/** The documents of a string in an object if it is YAML; none if Kubernetes could not read it. */
export function readText(text: string): readonly Json[] {
  try {
    return splitDocuments(text).map(({start, end}) => readDocument(text, start, end).value);
  } catch (error) {
    if (error instanceof YamlError) return [];
    throw error;
  }
}
