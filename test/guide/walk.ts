import {cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {executable} from '../tools/executable.ts';
import {helm4WithPlugin} from '../tools/helm-4.ts';
import {putKubectl} from '../tools/programs.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {isShown, pages, type Step, steps} from './pages.ts';

/** Walks through the guide with one Helm, in a folder of its own, as its reader does. */
export class Walk {
  readonly #helm: 'helm3' | 'helm4';
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: string;

  private constructor(helm: 'helm3' | 'helm4', env: Readonly<Record<string, string>>) {
    this.#helm = helm;
    this.#folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-guide-'));
    const bin = path.join(this.#folder, 'bin');
    mkdirSync(bin);
    symlinkSync(executable, path.join(bin, 'kube-harden'));
    symlinkSync(toolPath(helm), path.join(bin, 'helm'));
    symlinkSync(toolPath('kustomize'), path.join(bin, 'kustomize'));
    for (const source of ['docs/guide/files', 'kustomize']) {
      cpSync(path.join(repository, source), path.join(this.#clone, source), {recursive: true});
    }
    this.#env = {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: this.#folder,
      PLACE: path.join(this.#folder, 'place'),
      ...env,
    };
  }

  static async with(
    helm: 'helm3' | 'helm4',
    env: Readonly<Record<string, string>> = {},
  ): Promise<Walk> {
    const plugins = helm === 'helm4' ? await helm4WithPlugin(toolPath(helm), 'folder') : {};
    return new Walk(helm, {...plugins, ...env});
  }

  /** Where the reader has cloned the repository. */
  get #clone(): string {
    return path.join(this.#folder, 'kube-harden');
  }

  /** Gives the reader a kubectl. */
  addKubectl(): void {
    putKubectl(path.join(this.#folder, 'bin'));
  }

  /** Takes the steps that need nothing but Helm and what is in `given`, and compares what they print. */
  async take(t: ExecutionContext, given: readonly string[] = []): Promise<void> {
    const has = new Set<string>([this.#helm, ...given]);
    let page = pages[0];
    let cwd = this.#clone;
    for (const step of steps().filter(({needs}) => needs.every(need => has.has(need)))) {
      if (step.page !== page) cwd = path.join(this.#folder, 'guide');
      page = step.page;
      const {all, exitCode} = await this.#run(step, cwd);
      cwd = readFileSync(path.join(this.#folder, 'place'), 'utf8').trim();
      t.is(exitCode, step.exitCode, `${step.place}\n${all}`);
      const {output} = step;
      if (output !== undefined && !isShown(all, output)) t.is(all, output, step.place);
    }
  }

  /** Runs the commands of a step, which may change the folder for the next one. */
  #run({commands}: Step, cwd: string) {
    const script = `exec 2>&1\nset -euo pipefail\ntrap 'pwd >"$PLACE"' EXIT\n${commands}`;
    return execa('bash', ['-c', script], {
      cwd,
      env: this.#env,
      reject: false,
      all: true,
      timeout: 120_000,
    });
  }
}
