import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {UsageError} from '../../errors.ts';
import {asMap, asString, type Json, type JsonMap} from '../../json.ts';
import {findProgram, ignoredFolders} from '../find-program.ts';
import {readRegularFile} from '../read-file.ts';
import {ProgramError, runProgram} from '../run-program.ts';

/** What a registry takes for the user. */
export type Credentials =
  | {readonly user: string; readonly password: string}
  /** A refresh token of OAuth 2. */
  | {readonly identityToken: string};

/** The user's credentials for registries, as Docker keeps them. */
export class CredentialStore {
  readonly #config: JsonMap;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Promise<Credentials | undefined>>();

  /**
   * Reads `DOCKER_AUTH_CONFIG`, which holds the content itself, or `config.json` in `DOCKER_CONFIG` or `~/.docker`.
   *
   * @throws {UsageError} if that is no JSON
   */
  constructor(environment: NodeJS.ProcessEnv, signal: AbortSignal) {
    this.#environment = environment;
    this.#signal = signal;
    this.#config = configIn(environment);
  }

  /** The registries that the user has logged in to, or has a helper for. */
  get registries(): readonly string[] {
    const {auths, credHelpers} = this.#config;
    return [...Object.keys(asMap(auths) ?? {}), ...Object.keys(asMap(credHelpers) ?? {})].map(
      hostOf,
    );
  }

  /** Those for a registry; undefined if the user has none. @throws {UsageError} if a helper fails */
  of(registry: string): Promise<Credentials | undefined> {
    const known = this.#known.get(registry) ?? this.#find(registry);
    this.#known.set(registry, known);
    return known;
  }

  async #find(registry: string): Promise<Credentials | undefined> {
    const key = registry === 'docker.io' ? hubKey : registry;
    const helper =
      asString(asMap(this.#config['credHelpers'])?.[registry]) ??
      asString(this.#config['credsStore']) ??
      '';
    if (helper !== '') {
      const found = await this.#ask(helper, key);
      if (found !== undefined) return found;
    }
    const auths = asMap(this.#config['auths']) ?? {};
    const name = Object.keys(auths).find(each => hostOf(each) === hostOf(key));
    return name === undefined ? undefined : credentialsIn(asMap(auths[name]) ?? {});
  }

  /** Asks `docker-credential-HELPER`. */
  async #ask(helper: string, key: string): Promise<Credentials | undefined> {
    const name = `docker-credential-${helper}`;
    const executable = /^[\w.-]+$/.test(helper) ? findProgram(name, this.#environment) : undefined;
    if (executable === undefined) {
      throw new UsageError(
        `Docker's configuration names the credential helper "${helper}", and ${name} is not on the PATH ${ignoredFolders}`,
      );
    }
    const program = {name, executable, args: ['get'], env: {}, input: key, timeLimit: helperTime};
    try {
      const output = new TextDecoder().decode(await runProgram(program, this.#signal));
      const {Username: user, Secret: secret} = JSON.parse(output) as Record<string, unknown>;
      if (typeof user !== 'string' || typeof secret !== 'string') return undefined;
      return user === '<token>' ? {identityToken: secret} : {user, password: secret};
    } catch (error) {
      // What it prints may be secret: no message repeats it.
      if (error instanceof SyntaxError) throw new UsageError(`${name} prints no JSON`);
      if (!(error instanceof ProgramError)) throw error;
      if (/credentials not found|no credentials/i.test(`${error.output} ${error.said}`))
        return undefined;
      throw new UsageError(`${name} fails: run \`${name} get\` to see why`, {}, {cause: error});
    }
  }
}

/** The key of Docker Hub, which is older than the registries. */
const hubKey = 'https://index.docker.io/v1/';

const helperTime = 30_000;

/** @throws {UsageError} if there is a configuration, but no JSON */
function configIn(environment: NodeJS.ProcessEnv): JsonMap {
  const text = environment['DOCKER_AUTH_CONFIG'] ?? '';
  if (text !== '') return parsed(text, 'DOCKER_AUTH_CONFIG');
  const folder = environment['DOCKER_CONFIG'] || path.join(homedir(), '.docker');
  const file = path.join(folder, 'config.json');
  return existsSync(file) ? parsed(new TextDecoder().decode(readRegularFile(file)), file) : {};
}

function parsed(text: string, file: string): JsonMap {
  try {
    const value: Json = JSON.parse(text);
    return asMap(value) ?? {};
  } catch {
    throw new UsageError('it is no JSON, as a configuration of Docker must be', {file});
  }
}

/** `registry.example.com` of `https://registry.example.com/v1/`; Docker Hub has several names. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  return ['docker.io', 'registry-1.docker.io'].includes(host) ? 'index.docker.io' : host;
}

function credentialsIn(entry: JsonMap): Credentials | undefined {
  const identityToken = asString(entry['identitytoken']) ?? '';
  if (identityToken !== '') return {identityToken};
  const decoded = Buffer.from(asString(entry['auth']) ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const user = colon === -1 ? asString(entry['username']) : decoded.slice(0, colon);
  const password = colon === -1 ? asString(entry['password']) : decoded.slice(colon + 1);
  return user === undefined || password === undefined || user === '' ? undefined : {user, password};
}
