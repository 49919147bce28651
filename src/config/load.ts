import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Document} from 'yaml';
import {UsageError} from '../errors.ts';
import {type Distrusted, findPolicy} from './find.ts';
import type {PolicyChoices} from './resolve.ts';

export interface LoadedPolicy {
  readonly choices: PolicyChoices;
  /** The file, if there is one. */
  readonly file?: string;
  /** Files that were found but are ignored, because they are not the user's. */
  readonly distrusted: readonly Distrusted[];
}

/**
 * The policy in `file`, or otherwise the user's nearest one from the working directory upwards
 * (`findPolicy`).
 *
 * @throws {UsageError} if the file cannot be read, or a key in it is wrong
 */
export async function loadPolicy(file: string | undefined): Promise<LoadedPolicy> {
  const search = file === undefined ? findPolicy(process.cwd()) : {file, distrusted: []};
  const {distrusted} = search;
  if (search.file === undefined) return {choices: {}, distrusted};
  const name = file ?? path.relative('.', search.file);
  return {choices: await readPolicy(name, readText(name)), file: name, distrusted};
}

const noFile =
  'a policy must be a file: for the defaults, name an empty file that ends in .yaml, .yml or .json';

const endings = ['.yaml', '.yml', '.json'];

/** @throws {UsageError} if `file` is not a file, has the wrong extension or cannot be read */
function readText(file: string): string {
  try {
    if (!statSync(file).isFile()) throw new UsageError(noFile, {file});
    if (endings.includes(path.extname(file))) return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT';
    const message = isAbsent ? 'the policy file does not exist' : `it cannot be read (${code})`;
    throw new UsageError(message, {file}, {cause: error});
  }
  throw new UsageError('a policy file must end in .yaml, .yml or .json', {file});
}

/**
 * The choices in `content`, the text of a policy file; errors name `file`.
 *
 * @throws {UsageError} with the line, if it cannot be read or a key in it is wrong
 */
export async function readPolicy(file: string, content: string): Promise<PolicyChoices> {
  const {parseDocument, LineCounter} = await import('yaml');
  const {parsePolicy} = await import('./schema.ts');
  const lineCounter = new LineCounter();
  const document = parseDocument(content, {lineCounter, prettyErrors: false, logLevel: 'error'});
  const [error] = document.errors;
  if (error !== undefined) {
    const {line, col} = lineCounter.linePos(error.pos[0]);
    const isMany = error.code === 'MULTIPLE_DOCS';
    const isDeep = error.code === 'RESOURCE_EXHAUSTION';
    const message = isMany
      ? 'a policy must be a single document'
      : isDeep
        ? tooDeep
        : error.message;
    throw new UsageError(message, {file, line, column: col});
  }
  const value = plainValue(document, file);
  const lineOf = (keys: readonly (string | number)[]) => {
    for (let depth = keys.length; depth > 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true) as {range?: number[]} | undefined;
      const offset = node?.range?.[0];
      if (offset !== undefined) return lineCounter.linePos(offset).line;
    }
    return lineCounter.linePos(document.contents?.range?.[0] ?? 0).line;
  };
  if (!isFunctionConfig(value)) return parsePolicy(value, file, lineOf);
  const {parseFunctionConfig} = await import('./function-config.ts');
  return parseFunctionConfig(value, file, lineOf) ?? {};
}

/** Whether the file is the functionConfig of kustomize: its `spec` is the policy. */
const isFunctionConfig = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value;

const tooDeep = 'the policy is nested too deeply';

/** @throws {UsageError} if an alias is unknown, or expands to too much */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const message = error instanceof RangeError ? tooDeep : (error as Error).message;
    throw new UsageError(message, {file}, {cause: error});
  }
}
