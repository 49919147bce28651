import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {concernOf} from '../../src/check/concern.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {UsageError} from '../../src/errors.ts';
import type {Finding} from '../../src/findings/finding.ts';
import type {ValueAdvice} from '../../src/findings/value-advice.ts';
import {auditStream} from '../../src/harden.ts';
import {helmChoices} from '../../src/host/helm-options.ts';
import {proveChart} from '../../src/host/prove-values.ts';
import type {JsonMap} from '../../src/json.ts';
import {asRelease} from '../../src/stream/join.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {toolPath} from '../tools/tools.ts';

/** The files of a chart, by their paths. */
export type Files = Readonly<Record<string, string>>;

/** A chart with one template, and what else it has. */
export const chart = (values: string, template: string, more: Files = {}): Files => ({
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': values,
  'templates/web.yaml': template,
  ...more,
});

/** A Deployment whose pod and container have these lines, indented as far as they must be. */
export const deployment = (
  pod: string,
  container: string,
  more = '',
): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
${indented(pod, 6)}      containers:
        - name: app
          image: example.com/app:1
${indented(container, 10)}${more}`;

const indented = (text: string, by: number): string =>
  text === ''
    ? ''
    : text
        .split('\n')
        .map(line => `${' '.repeat(by)}${line}\n`)
        .join('');

export interface Advised {
  readonly finding: Finding;
  readonly advice: ValueAdvice;
}

export interface Proven {
  readonly advised: readonly Advised[];
  readonly values: JsonMap;
  /** How often helm was called. */
  readonly renderings: number;
}

/** What is proven for a chart with the real helm. `given` is a values file of the user. */
export async function proven(
  files: Files,
  rules: readonly string[],
  given?: string,
): Promise<Proven> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-values-'));
  try {
    const [chartFolder, scratch] = [path.join(folder, 'chart'), path.join(folder, 'scratch')];
    mkdirSync(scratch);
    writeChart(chartFolder, files);
    const valuesFile = path.join(folder, 'given.yaml');
    if (given !== undefined) writeFileSync(valuesFile, given);
    const helm = helmChoices(given === undefined ? {} : {values: [valuesFile]});
    let renderings = 0;
    const render = async (more: readonly string[] = []) => {
      renderings++;
      const args = ['template', ...helm.args, ...more, '--', helm.release, chartFolder];
      const {stdout, stderr, failed} = await execa(toolPath('helm3'), args, {reject: false});
      if (failed) throw new UsageError(stderr);
      return new TextEncoder().encode(stdout);
    };
    const all = resolvePolicy({profiles: ['audit']});
    const policy = {...all, rules: new Map([...all.rules].filter(([id]) => rules.includes(id)))};
    const isOfConcern = concernOf(policy);
    const text = new TextDecoder().decode(await render([]));
    const stream = asRelease(readStream(text, 'chart', isOfConcern), {name: helm.release});
    const today = '2026-01-01';
    const {advice, values} = await proveChart(
      'chart',
      {path: chartFolder, folder: scratch, render},
      stream,
      helm,
      {policy, isOfConcern, today},
    );
    const {findings} = auditStream(stream, policy, today);
    return {
      advised: findings.map((finding, index) => ({finding, advice: advice[index] as ValueAdvice})),
      values,
      renderings,
    };
  } finally {
    rmSync(folder, {recursive: true});
  }
}

export function writeChart(folder: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), {recursive: true});
    writeFileSync(path.join(folder, file), text);
  }
}

/** `rule container: outcome options`, for each finding. */
export const told = ({advised}: Proven): readonly string[] =>
  advised.map(({finding: {rule, container}, advice: {outcome, set}}) =>
    [
      `${[rule, ...(container === undefined ? [] : [container])].join(' ')}: ${outcome}`,
      ...set.map(({option, path: key}) => option ?? key),
    ].join(' '),
  );
