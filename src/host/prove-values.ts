import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {UsageError} from '../errors.ts';
import type {JsonMap} from '../json.ts';
import type {Policy} from '../policy/policy.ts';
import {asRelease} from '../stream/join.ts';
import {type ObjectStream, readStream} from '../stream/manifest-stream.ts';
import {chartModel, mapIn} from '../values/chart.ts';
import {type Audited, type Laboratory, LimitError, type Purpose} from '../values/laboratory.ts';
import {provablesIn} from '../values/provable.ts';
import {type Proof, proveValues} from '../values/prove.ts';
import {type Rendering, readable, renderingOf} from '../values/rendering.ts';
import {stringify} from '../yaml/emit.ts';
import {chartFilesIn} from './chart-files.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {readFile} from './read-file.ts';
import type {Concern} from './read-target.ts';
import type {Chart} from './render-chart.ts';

/** How findings are judged. */
export interface Judging {
  readonly policy: Policy;
  readonly isOfConcern: Concern;
  readonly today: string;
}

/** What is tried of a chart. */
export type TriedChart = Pick<Chart, 'path' | 'folder' | 'render'>;

/**
 * Looks for the values of a chart that clear the findings in its stream, and proves them by rendering: see
 * docs/values.md.
 *
 * @throws {UsageError} if the chart does not render a second time, or a file of values cannot be read
 */
export async function proveChart(
  name: string,
  chart: TriedChart,
  stream: ObjectStream,
  helm: HelmChoices,
  judging: Judging,
): Promise<Proof> {
  const {policy, today} = judging;
  const model = chartModel(await chartFilesIn(chart.path, chart.folder), givenValues(helm));
  const rendering = renderingOf(stream.inputs[0]?.text ?? '');
  const baseline = {rendering, findings: provablesIn(stream, policy, today)};
  return proveValues(new HelmLaboratory(name, chart, helm, judging, {model, baseline}));
}

/** For each chart: how often it is rendered again, and for how long in milliseconds; what is proven is confirmed beyond that. */
const mostRenderings = 40;
const longest = 120_000;
const mostConfirmations = 5;

/** For each rendering, in milliseconds: values that are tried may make a template loop. */
const longestRendering = 30_000;

/** In milliseconds: names and passwords that are made from the time are the same within a second. */
const betweenBaselines = 1100;

class HelmLaboratory implements Laboratory {
  readonly model: Laboratory['model'];
  readonly baseline: Audited;
  readonly #name: string;
  readonly #chart: TriedChart;
  readonly #helm: HelmChoices;
  readonly #judging: Judging;
  readonly #start = Date.now();
  readonly #known = new Map<string, Rendering | undefined>();
  #trials = 0;
  #confirmations = 0;
  /** Helm 3 has the option from v3.16 on. */
  #mayPassOverSchema = true;

  constructor(
    name: string,
    chart: TriedChart,
    helm: HelmChoices,
    judging: Judging,
    {model, baseline}: Pick<Laboratory, 'model' | 'baseline'>,
  ) {
    this.model = model;
    this.baseline = baseline;
    this.#name = name;
    this.#chart = chart;
    this.#helm = helm;
    this.#judging = judging;
  }

  /** @throws {UsageError} if the chart does not render, or its output cannot be read */
  async again(): Promise<Rendering> {
    await setTimeout(betweenBaselines);
    const rendering = await this.#render([]);
    if (rendering !== undefined) return rendering;
    const message = 'the chart rendered once, and its output cannot be read the second time';
    throw new UsageError(message, {file: this.#name});
  }

  async render(values: JsonMap, purpose: Purpose): Promise<Rendering | undefined> {
    const text = stringify(values);
    const key = `${purpose === 'probe'} ${text}`;
    if (!this.#known.has(key)) {
      this.#count(purpose);
      this.#known.set(key, await this.#renderWith(text, purpose === 'probe'));
    }
    return this.#known.get(key);
  }

  /** @throws {LimitError} */
  #count(purpose: Purpose): void {
    if (purpose === 'confirmation') {
      if (++this.#confirmations > mostConfirmations) throw new LimitError('it took too long');
      return;
    }
    if (++this.#trials > mostRenderings) {
      throw new LimitError(`the limit of ${mostRenderings} renderings was reached`);
    }
    if (Date.now() - this.#start > longest) {
      throw new LimitError(`the limit of ${longest / 1000} s was reached`);
    }
  }

  audit(rendering: Rendering): Audited | undefined {
    const {release, namespace} = this.#helm;
    const {isOfConcern, policy, today} = this.#judging;
    const known = {name: release, ...(namespace === undefined ? {} : {namespace})};
    return readable(() => {
      const stream = asRelease(readStream(rendering.text, this.#name, isOfConcern), known);
      return {rendering, findings: provablesIn(stream, policy, today)};
    });
  }

  async #renderWith(values: string, isProbe: boolean): Promise<Rendering | undefined> {
    const file = path.join(this.#chart.folder, 'tried-values.yaml');
    writeFileSync(file, values);
    const passesOver = isProbe && this.#mayPassOverSchema;
    try {
      return await this.#render([`--values=${file}`, ...(passesOver ? [overSchema] : [])]);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      if (!passesOver || !error.message.includes(`unknown flag: ${overSchema}`)) return undefined;
      this.#mayPassOverSchema = false;
      return this.#renderWith(values, isProbe);
    }
  }

  /** @throws {UsageError} if helm cannot render the chart */
  async #render(args: readonly string[]): Promise<Rendering | undefined> {
    const timeLimit = Math.min(this.#helm.timeLimit, longestRendering);
    const bytes = await this.#chart.render(args, {isQuiet: true, timeLimit});
    return readable(() => renderingOf(decodeInput(bytes, this.#name)));
  }
}

const overSchema = '--skip-schema-validation';

/** The values files of the call; what `--set` sets is not looked at. @throws {UsageError} if one cannot be read */
const givenValues = ({args}: HelmChoices): readonly JsonMap[] =>
  args
    .filter((_, index) => args[index - 1] === '--values')
    .flatMap(list => list.split(','))
    .filter(file => !/^[a-z]+:\/\//.test(file))
    .map(file => mapIn(decodeInput(readFile(file), file)));
