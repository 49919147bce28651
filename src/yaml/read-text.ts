import type {Json} from '../json.ts';
import {YamlError} from './error.ts';
import {readDocument} from './read.ts';
import {splitDocuments} from './split.ts';

/**
 * The documents of a string in an object if it is YAML, if need be without the expressions of
 * templates (`{{…}}`) that are filled in later; none if it cannot be read.
 */
export const readText = (text: string): readonly Json[] =>
  documentsOf(text) ?? documentsOf(withoutTemplates(text)) ?? [];

function documentsOf(text: string): readonly Json[] | undefined {
  try {
    return splitDocuments(text).map(({start, end}) => readDocument(text, start, end).value);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** An expression on a line of its own directs a template; any other stands for a value. */
const withoutTemplates = (text: string): string =>
  text.replace(/^[ \t]*\{\{[^{}]*\}\}[ \t]*$/gm, '').replace(/\{\{[^{}]*\}\}/g, 'x');
