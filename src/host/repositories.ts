import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {asList, asMap, asString, type Json, type JsonMap} from '../json.ts';
import {YamlError} from '../yaml/error.ts';
import {readDocument} from '../yaml/read.ts';
import {withHelm} from './helm.ts';
import type {HelmChoices} from './helm-options.ts';
import {decodeInput} from './input.ts';
import {readRegularFile} from './read-file.ts';
import {ProgramError} from './run-program.ts';
import type {RemoteChart, Unit} from './unit.ts';

/** More charts than in any public repository. */
const mostCharts = 20_000;

/** The name of a chart of a repository in reports: without a password that its address has. */
export function nameIn(repo: string, chart: string, version?: string): string {
  const address = new URL(repo);
  address.username = '';
  address.password = '';
  const base = address.href.replace(/\/+$/, '');
  return `${base}/${chart}${version === undefined ? '' : `@${version}`}`;
}

/**
 * Every chart of a repository, in the newest version that is no pre-release, or that `--chart-version` allows. Helm reads
 * the index, with empty homes.
 *
 * @throws {UsageError} if there is no repository, or nothing in it
 */
export async function chartsOf(repo: string, helm: HelmChoices): Promise<readonly Unit[]> {
  const file = nameIn(repo, 'index.yaml');
  const limits = {...helm, usesHelmConfig: false};
  const version = helm.version === undefined ? [] : ['--version', helm.version];
  const {found, index} = await withHelm(file, limits, async ({folder, run}) => {
    try {
      await run(['repo', 'add', '--', 'index', repo]);
      const search = await run(['search', 'repo', '--output', 'json', ...version]);
      const place = path.join(folder, 'repository', 'index-index.yaml');
      return {found: valueIn(search, file), index: valueIn(readRegularFile(place), file)};
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      const message = `helm could not read the repository: ${error.message}`;
      throw new UsageError(message, {file}, {cause: error});
    }
  });
  const charts = asList(found).map(each => chartFound(each, file));
  if (charts.length === 0) throw new UsageError('the repository has no chart', {file});
  if (charts.length > mostCharts) {
    throw new UsageError(`the repository has more than ${mostCharts} charts`, {file});
  }
  const entries = asMap(asMap(index)?.['entries']) ?? {};
  return charts
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({name, version}) => ({
      target: repo,
      name: nameIn(repo, name, version),
      chart: {reference: addressOf(entries, name, version, repo)},
      isPart: true,
    }));
}

/** One of the charts that `helm search repo` lists: `index/web`, with its version. */
function chartFound(each: Json | undefined, file: string) {
  const {name, version} = asMap(each) ?? {};
  const [, chart] = /^index\/(.+)$/s.exec(asString(name) ?? '') ?? [];
  if (chart !== undefined && typeof version === 'string') return {name: chart, version};
  throw new UsageError('helm lists a chart without a name or a version', {file});
}

/** The address of a version of a chart. Helm itself refuses what is none, and then says so. */
function addressOf(entries: JsonMap, name: string, version: string, repo: string): string {
  const entry = asList(entries[name]).find(each => asMap(each)?.['version'] === version);
  const address = asString(asList(asMap(entry)?.['urls'])[0]) ?? '';
  const base = repo.endsWith('/') ? repo : `${repo}/`;
  return URL.canParse(address, base) ? new URL(address, base).href : `${base}${address}`;
}

/**
 * Where the chart `repo/chart` of the user's repositories is; undefined if they have no such repository. With the
 * configuration of Helm, Helm itself finds it.
 *
 * @throws {UsageError} if the repository needs a login
 */
export function chartIn(target: string, {usesHelmConfig}: HelmChoices): RemoteChart | undefined {
  const [name, chart = ''] = target.split('/', 2);
  const file = repositoriesFile(process.env);
  if (!existsSync(file)) return undefined;
  const repositories = asList(asMap(valueIn(readRegularFile(file), file))?.['repositories']);
  const entry = repositories.map(asMap).find(each => each?.['name'] === name);
  if (entry === undefined) return undefined;
  if (usesHelmConfig) return {reference: target};
  const needed = ['username', 'password', 'certFile', 'keyFile', 'caFile'].find(
    key => (asString(entry[key]) ?? '') !== '',
  );
  if (needed !== undefined) {
    const message = `the repository needs what Helm's configuration says under \`${needed}\`, which is used only with --helm-config`;
    throw new UsageError(message, {file: target});
  }
  return {reference: chart, repo: asString(entry['url']) ?? ''};
}

/** Where Helm keeps the user's repositories (helm.sh/helm, `helmpath` and `cli.EnvSettings`). */
function repositoriesFile(environment: NodeJS.ProcessEnv): string {
  const {HELM_REPOSITORY_CONFIG, HELM_CONFIG_HOME, XDG_CONFIG_HOME, APPDATA} = environment;
  if (HELM_REPOSITORY_CONFIG) return HELM_REPOSITORY_CONFIG;
  const home = homedir();
  const ofSystem =
    process.platform === 'darwin'
      ? path.join(home, 'Library', 'Preferences')
      : process.platform === 'win32'
        ? (APPDATA ?? home)
        : path.join(home, '.config');
  const folder = HELM_CONFIG_HOME || path.join(XDG_CONFIG_HOME || ofSystem, 'helm');
  return path.join(folder, 'repositories.yaml');
}

/** What YAML, or JSON, of one document says. @throws {UsageError} if it cannot be read */
function valueIn(bytes: Uint8Array, file: string): Json {
  const text = decodeInput(bytes, file);
  const start = /^---[ \t]*\r?\n/.exec(text)?.[0].length ?? 0;
  try {
    return readDocument(text, start, text.length).value;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new UsageError(error.message, {file}, {cause: error});
  }
}
