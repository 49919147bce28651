import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import type {Document} from 'yaml';
import {UsageError} from '../errors.ts';
import type {PolicyChoices} from './resolve.ts';

/** Data formats only: a policy runs no code. */
const searchPlaces = [
  'kube-harden.yaml',
  'kube-harden.yml',
  'kube-harden.json',
  '.kube-harden.yaml',
  '.kube-harden.yml',
  '.kube-harden.json',
];

export interface LoadedPolicy {
  readonly choices: PolicyChoices;
  /** The file, or undefined where there is none. */
  readonly file?: string;
  /** A file that was found but not used, since it came with a chart. */
  readonly distrusted?: string;
}

/**
 * The policy in `file`, or else in the nearest of the search places from the working directory
 * upwards. A policy that lies in a chart is the chart's word, not the user's: it counts only
 * where `file` names it.
 *
 * @throws {UsageError} where the file cannot be read, or a key in it is wrong
 */
export async function loadPolicy(file: string | undefined): Promise<LoadedPolicy> {
  if (file === undefined && !mayFindPolicy()) return {choices: {}};
  if (file !== undefined) requireReadable(file);
  const {cosmiconfig} = await import('cosmiconfig');
  const explorer = cosmiconfig('kube-harden', {
    searchPlaces,
    loaders: Object.fromEntries(endings.map(ending => [ending, unread])),
    searchStrategy: 'global',
    ignoreEmptySearchPlaces: false,
    cache: false,
  });
  const found = file === undefined ? await explorer.search() : await explorer.load(file);
  if (found === null) return {choices: {}};
  if (file === undefined && isInChart(path.dirname(found.filepath))) {
    return {choices: {}, distrusted: found.filepath};
  }
  const name = file ?? path.relative('.', found.filepath);
  return {choices: await readPolicy(name, found.config ?? ''), file: name};
}

const endings = ['.yaml', '.yml', '.json'];

/** Whose policy it is decides whether it is read at all. */
const unread = (_file: string, content: string): string => content;

function requireReadable(file: string): void {
  if (!existsSync(file)) throw new UsageError('the policy file does not exist', {file});
  if (!statSync(file).isFile()) throw new UsageError('a policy must be a file', {file});
  if (endings.includes(path.extname(file))) return;
  throw new UsageError('a policy file must end in .yaml, .yml or .json', {file});
}

async function readPolicy(file: string, content: string): Promise<PolicyChoices> {
  const {parseDocument, LineCounter} = await import('yaml');
  const {parsePolicy} = await import('./schema.ts');
  const lineCounter = new LineCounter();
  const document = parseDocument(content, {lineCounter, prettyErrors: false});
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

/** Whether the file is the one that kustomize hands to the function: its `spec` is the policy. */
const isFunctionConfig = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value;

const tooDeep = 'a policy must not be nested so deeply';

/** @throws {UsageError} where an alias means nothing, or too much */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const message = error instanceof RangeError ? tooDeep : (error as Error).message;
    throw new UsageError(message, {file}, {cause: error});
  }
}

/** A cheap look, before anything is loaded that could search or read. */
function mayFindPolicy(): boolean {
  return foldersUpwards(process.cwd()).some(folder =>
    searchPlaces.some(name => existsSync(path.join(folder, name))),
  );
}

const isInChart = (folder: string): boolean =>
  foldersUpwards(folder).some(at => existsSync(path.join(at, 'Chart.yaml')));

/** `folder`, and every folder that it lies in. */
function foldersUpwards(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpwards(parent)];
}
