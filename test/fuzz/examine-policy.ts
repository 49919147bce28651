import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {readLayer} from '../../src/config/load.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {UsageError} from '../../src/errors.ts';
import {guard} from '../../src/guard/guard.ts';
import type {Json, JsonMap} from '../../src/json.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {emitJson, stringify} from '../../src/yaml/emit.ts';
import {defaults} from '../guard/guards.ts';
import {repository} from '../tools/tools.ts';
import type {Choose} from '../yaml/choices.ts';
import {mutate} from '../yaml/mutate.ts';
import {confused} from './confuse.ts';
import {examine} from './examine-stream.ts';
import {today} from './policies.ts';

const example = readFileSync(path.join(repository, 'test/fuzz/policy.yaml'), 'utf8');
const whole = parse(example) as JsonMap;

/** The text of a policy with some keys of `policy.yaml`, whose values may have any type. */
export function drawPolicy(choose: Choose): string {
  const entries = Object.entries(whole).filter(() => choose(3) !== 0);
  const value = confused(Object.fromEntries(entries), choose, [whole], 2);
  const given = choose(4) === 0 ? functionConfig(value, choose) : value;
  const text = choose(4) === 0 ? emitJson(given, ' ') : stringify(given);
  return choose(8) === 0 ? mutate(text, choose, [example], 2) : text;
}

function functionConfig(spec: Json, choose: Choose): JsonMap {
  const config = {apiVersion: 'kube-harden.io/v1alpha1', kind: 'Harden', spec};
  return choose(4) === 0 ? confused(config, choose, [whole], 1) : config;
}

/** The result of a policy, and what is wrong with it. */
interface ExaminedPolicy {
  readonly outcome: 'refused' | 'used';
  readonly fault?: string;
}

/**
 * Reads the text of a policy, generates the guard's policies, and hardens `stream` under it: each
 * must end in a result, or in a refusal with a message. `turn` is that of `examine`.
 */
export async function examinePolicy(
  text: string,
  stream: string,
  turn: number,
): Promise<ExaminedPolicy> {
  try {
    const policy = await readUnlessRefused(text);
    if (policy === undefined) return {outcome: 'refused'};
    const {objects, notes} = guard(policy, guardChoices, today);
    for (const object of objects) parse(stringify(object));
    if (notes.includes('')) return {outcome: 'used', fault: 'a note of the guard is empty'};
    return {...examine(stream, policy, turn), outcome: 'used'};
  } catch (error) {
    const fault = `throws ${error instanceof Error ? error.stack : String(error)}`;
    return {outcome: 'refused', fault};
  }
}

const guardChoices = {...defaults, systemNamespaces: []};

async function readUnlessRefused(text: string): Promise<Policy | undefined> {
  const layer = await readLayer('policy.yaml', text).catch((error: unknown) => {
    if (error instanceof UsageError && error.message !== '') return undefined;
    throw error;
  });
  return layer === undefined ? undefined : resolvePolicy(layer.choices);
}
