import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {type LoadedPolicy, loadPolicy} from '../../src/config/load.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {harden} from '../../src/harden.ts';
import {readImageLock} from '../../src/images/lock/read.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {rules} from '../../src/rules/index.ts';
import {repository} from '../tools/tools.ts';

const examplesFolder = path.join(repository, 'test/rules/examples');

/** The names of the example folders, which are rule ids. */
export const exampleIds: readonly string[] = readdirSync(examplesFolder).sort();

/** The path of one of a rule's example files. */
export const exampleFile = (
  id: string,
  name: 'before.yaml' | 'after.yaml' | 'findings.txt' | 'policy.yaml' | 'images.yaml',
): string => path.join(examplesFolder, id, name);

/** The hardened `before.yaml` of a rule. */
export interface ExampleResult {
  readonly after: string;
  /** The text of `findings.txt`. */
  readonly findings: string;
  readonly policy: Policy;
}

export async function runExample(id: string): Promise<ExampleResult> {
  const policy = await examplePolicy(id);
  const before = readFileSync(exampleFile(id, 'before.yaml'), 'utf8');
  const {text, findings} = harden(before, 'before.yaml', policy);
  return {after: text, findings: findings.map(toLine).join(''), policy};
}

/** Only that rule, in mode `fix`, without the annotation; `policy.yaml` overrides this. `images.yaml` is a lock file. */
async function examplePolicy(id: string): Promise<Policy> {
  const file = exampleFile(id, 'policy.yaml');
  const {choices}: Pick<LoadedPolicy, 'choices'> = existsSync(file)
    ? await loadPolicy(file)
    : {choices: {}};
  const alone = Object.fromEntries(
    rules.map(rule => [rule.id, rule.id === id ? 'fix' : 'off'] as const),
  );
  const images = exampleFile(id, 'images.yaml');
  const locked = existsSync(images)
    ? readImageLock(readFileSync(images, 'utf8'), 'images.yaml')
    : undefined;
  return resolvePolicy({annotate: false, ...choices, rules: {...alone, ...choices.rules}}, locked);
}

function toLine({status, severity, container, path: pointer, message}: Finding): string {
  const words = [status, severity, ...(container === undefined ? [] : [container]), pointer];
  return `${words.join(' ')} ${message}\n`;
}
