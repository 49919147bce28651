import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {parse} from 'yaml';

/** A composite action: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax */
export interface CompositeAction {
  readonly inputs: Readonly<Record<string, {readonly default?: string}>>;
  readonly runs: {readonly using: string; readonly steps: readonly Step[]};
}

interface Step {
  readonly id: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

export const readAction = (file: string): CompositeAction =>
  parse(readFileSync(file, 'utf8')) as CompositeAction;

/** What a job sees of an action that ran in it. */
export interface ActionRun {
  readonly exitCode: number;
  /** What the steps printed, as the runner reads it for commands. */
  readonly log: string;
  /** The outputs of each step. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly summary: string;
}

export interface ActionCall {
  readonly inputs?: Readonly<Record<string, string>>;
  /** The folder of the job's checkout. */
  readonly workspace: string;
  /** The folder of the action's checkout. */
  readonly actionPath: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the steps of a composite action as the runner does, until one fails. */
export async function runAction(action: CompositeAction, call: ActionCall): Promise<ActionRun> {
  const temporary = mkdtempSync(path.join(tmpdir(), 'kube-harden-runner-'));
  const file = (name: string) => path.join(temporary, name);
  writeFileSync(file('summary'), '');
  const outputs: Record<string, Record<string, string>> = {};
  let log = '';
  let exitCode = 0;
  for (const {id, env, run} of action.runs.steps) {
    writeFileSync(file('script.sh'), run);
    writeFileSync(file('output'), '');
    const values = Object.entries(env).map(([name, value]) => [
      name,
      resolved(value, action, call, outputs),
    ]);
    const result = await execa(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', file('script.sh')],
      {
        cwd: call.workspace,
        env: {
          ...call.env,
          ...Object.fromEntries(values),
          RUNNER_TEMP: temporary,
          GITHUB_OUTPUT: file('output'),
          GITHUB_STEP_SUMMARY: file('summary'),
        },
        all: true,
        reject: false,
      },
    );
    log += `${result.all}\n`;
    outputs[id] = Object.fromEntries(
      [...readFileSync(file('output'), 'utf8').matchAll(/^(.*?)=(.*)$/gm)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
    exitCode = result.exitCode ?? 1;
    if (exitCode !== 0) break;
  }
  return {exitCode, log, outputs, summary: readFileSync(file('summary'), 'utf8')};
}

/** The value of a variable: the only expressions here are whole values. */
function resolved(
  text: string,
  {inputs}: CompositeAction,
  call: ActionCall,
  outputs: ActionRun['outputs'],
): string {
  const [, expression] = /^\$\{\{ (.*) \}\}$/.exec(text) ?? [];
  if (expression === undefined) return text;
  if (expression === 'github.action_path') return call.actionPath;
  const [root, name = '', , output = ''] = expression.split('.');
  const value =
    root === 'inputs' ? (call.inputs?.[name] ?? inputs[name]?.default) : outputs[name]?.[output];
  if (value === undefined) throw new Error(`unknown in an expression: ${expression}`);
  return value;
}
