import {cpSync, mkdirSync, mkdtempSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ToolName} from '../tools/catalog.ts';
import {executable} from '../tools/executable.ts';
import {repository, toolPath} from '../tools/tools.ts';

export const recipe = (name: string): string => path.join(repository, 'recipes', name);

export const scratch = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-recipes-'));

/**
 * Variables with a PATH on which there are kube-harden, and real tools under the names that people
 * call them by.
 */
export function withPrograms(
  tools: Readonly<Record<string, ToolName>> = {},
): Readonly<{PATH: string}> {
  const folder = scratch();
  symlinkSync(executable, path.join(folder, 'kube-harden'));
  for (const [name, tool] of Object.entries(tools)) {
    symlinkSync(toolPath(tool), path.join(folder, name));
  }
  return {PATH: `${folder}:${process.env['PATH']}`};
}

/** A copy of files and folders in a place of its own, by their new names. */
export function copied(sources: Readonly<Record<string, string>>): string {
  const place = scratch();
  for (const [name, source] of Object.entries(sources)) {
    mkdirSync(path.dirname(path.join(place, name)), {recursive: true});
    cpSync(source, path.join(place, name), {recursive: true});
  }
  return place;
}
