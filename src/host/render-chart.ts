import {statSync} from 'node:fs';
import {UsageError} from '../errors.ts';
import {type Helm, type RunChoices, withHelm} from './helm.ts';
import type {HelmChoices} from './helm-options.ts';
import {LibraryChartError} from './library-chart.ts';
import {requireNoLinkOut} from './links.ts';
import {ProgramError} from './run-program.ts';
import type {ChartPlace} from './unit.ts';
import {use} from './walk.ts';

/** A chart on this machine. */
export interface Chart {
  /** The absolute path of the folder or the archive. */
  readonly path: string;
  /** A temporary folder, for what must be unpacked. */
  readonly folder: string;
  /**
   * The output of `helm template`, with more arguments than the call has. Warnings of helm are printed to stderr.
   *
   * @throws {UsageError} if helm cannot render it
   */
  readonly render: (more?: readonly string[], choices?: RunChoices) => Promise<Uint8Array>;
  /** Whether dependencies had to be fetched: then the chart is more than what is at `path`. */
  readonly hasFetched: () => boolean;
}

/**
 * Does `work` with a chart, which is fetched first if it is elsewhere. Errors name the target `name`.
 *
 * @throws {UsageError} if there is no helm, or the chart cannot be fetched or has a link that points outside it
 */
export async function withChart<T>(
  place: ChartPlace,
  name: string,
  choices: HelmChoices,
  work: (chart: Chart) => Promise<T>,
): Promise<T> {
  if ('path' in place) {
    use(name, () => statSync(place.path));
    requireNoLinkOut(place.path, name);
  }
  return withHelm(name, choices, async helm => {
    const chart =
      'path' in place
        ? place.path
        : await (await import('./fetch-chart.ts')).fetchChart(place, name, choices, helm);
    const rendering = new Rendering(chart, name, choices, helm);
    return work({
      path: chart,
      folder: helm.folder,
      render: (more, runChoices) => rendering.render(more, runChoices),
      hasFetched: () => rendering.hasFetched,
    });
  });
}

/** The output of `helm template` for a chart. @throws {UsageError} as `withChart` and `render` */
export const renderChart = (
  place: ChartPlace,
  name: string,
  choices: HelmChoices,
): Promise<Uint8Array> => withChart(place, name, choices, chart => chart.render());

class Rendering {
  readonly #name: string;
  readonly #choices: HelmChoices;
  readonly #helm: Helm;
  #chart: string;
  hasFetched = false;

  constructor(chart: string, name: string, choices: HelmChoices, helm: Helm) {
    this.#chart = chart;
    this.#name = name;
    this.#choices = choices;
    this.#helm = helm;
  }

  async render(more: readonly string[] = [], choices?: RunChoices): Promise<Uint8Array> {
    const {release, args, updatesDependencies} = this.#choices;
    try {
      return await this.#helm.run(
        ['template', '--include-crds', ...args, ...more, '--', release, this.#chart],
        choices,
      );
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      const lacks = saysMissing.test(error.said) && !this.hasFetched;
      if (lacks && updatesDependencies) {
        const {withDependencies} = await import('./dependencies.ts');
        this.#chart = await withDependencies(this.#chart, this.#name, this.#helm);
        this.hasFetched = true;
        return this.render(more, choices);
      }
      throw renderError(error, this.#name, lacks ? '; --dependency-update fetches them' : '');
    }
  }
}

function renderError(error: ProgramError, file: string, hint: string): UsageError {
  const Kind = error.said === saysLibrary ? LibraryChartError : UsageError;
  const message = `helm could not render the chart: ${error.message}${hint}`;
  return new Kind(message, {file}, {cause: error});
}

/**
 * Helm's whole message for a library chart. No template can produce it: the error of a template
 * follows its name.
 */
const saysLibrary = 'Error: library charts are not installable';

/** Helm's message if a dependency is not in `charts/`, as Helm 3 and 4 begin it. */
const saysMissing =
  /^Error: (?:an error occurred while checking for chart dependencies\. .*: )?found in Chart\.yaml, but missing in charts\/ directory: /im;
