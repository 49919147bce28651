import type {Json} from '../json.ts';
import {YamlError} from './error.ts';
import {readDocument} from './read.ts';
import {splitDocuments} from './split.ts';

/** What a text within an object says where it is YAML: its documents; none where Kubernetes would not read it. */
export function readText(text: string): readonly Json[] {
  try {
    return splitDocuments(text).map(({start, end}) => readDocument(text, start, end).value);
  } catch (error) {
    if (error instanceof YamlError) return [];
    throw error;
  }
}
