import {UnknownOptionError, UsageError} from './errors.ts';
import {readCall, workerVerb} from './host/call.ts';
import {argumentsIn, hasVariables} from './host/environment.ts';
import {errorLines, textOfError} from './host/error-text.ts';
import {InterruptedError} from './host/interrupt.ts';
import {optimizeLater} from './host/optimize-later.ts';
import {RefusedError} from './host/refused.ts';
import {writeStderr, writeStdout} from './host/standard-streams.ts';
import {version} from './version.ts';

const verbs: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> =
  {
    render: async () => (await import('./commands/render.ts')).render,
    audit: async () => (await import('./commands/audit.ts')).audit,
    baseline: async () => (await import('./commands/baseline.ts')).baseline,
    diff: async () => (await import('./commands/diff.ts')).diff,
    decide: async () => (await import('./commands/decide.ts')).decide,
    images: async () => (await import('./commands/images.ts')).images,
    init: async () => (await import('./commands/init.ts')).init,
    explain: async () => (await import('./commands/explain.ts')).explain,
    rules: async () => (await import('./commands/rules.ts')).rules,
    network: async () => (await import('./commands/network.ts')).network,
    patches: async () => (await import('./commands/patches.ts')).patches,
    profiles: async () => (await import('./commands/profiles.ts')).profiles,
    policy: async () => (await import('./commands/policy.ts')).policy,
    guard: async () => (await import('./commands/guard.ts')).guard,
    completion: async () => (await import('./commands/completion.ts')).completion,
    help: async () => (await import('./commands/help.ts')).help,
    merge: async () => (await import('./commands/merge.ts')).merge,
  };

/** What an audit starts of its own: no command for users. */
const inner: typeof verbs = {
  [workerVerb]: async () => (await import('./commands/audit-units.ts')).auditUnits,
};

async function main(args: readonly string[]): Promise<number> {
  const {verb, unknown, asks, rest} = readCall(
    args,
    word => Object.hasOwn(verbs, word) || Object.hasOwn(inner, word),
  );
  if (asks !== undefined || (verb ?? 'render') !== 'render') await refusePostRenderer(asks, verb);
  if (asks === 'help') {
    const {helpOf} = await import('./commands/help.ts');
    await writeStdout(helpOf(verb ?? unknown));
    return 0;
  }
  if (asks === 'version') {
    await writeStdout(`${version}\n`);
    return 0;
  }
  if (unknown !== undefined) throw new UsageError(await unknownVerb(unknown));
  isRender = verb === undefined || verb === 'render';
  if (!isRender) optimizeLater();
  const run = await (verbs[verb ?? 'render'] ?? inner[verb ?? ''])?.();
  try {
    return (await run?.([...(await fromEnvironment(verb ?? 'render', rest)), ...rest])) ?? 2;
  } catch (error) {
    throw error instanceof UnknownOptionError ? await withOwner(error, verb ?? 'render') : error;
  }
}

/** The arguments that variables add. @throws {UsageError} if a variable is wrong */
async function fromEnvironment(verb: string, args: readonly string[]): Promise<readonly string[]> {
  if (!hasVariables(process.env)) return [];
  const {knownOptions} = await import('./commands/help.ts');
  return argumentsIn(process.env, await knownOptions(verb, args), args);
}

/** `error`; if other commands have the option, its message names them. */
async function withOwner(error: UnknownOptionError, verb: string): Promise<UsageError> {
  const {commandsWith} = await import('./commands/help.ts');
  const owners = await commandsWith(error.option);
  if (owners.length === 0) return error;
  const list = new Intl.ListFormat('en').format(owners);
  return new UsageError(
    `${verb} has no \`${error.option}\` (it is an option of ${list}): see \`kube-harden help ${verb}\``,
    {},
    {cause: error},
  );
}

/** @throws {UsageError} if Helm would install the output instead of the release */
async function refusePostRenderer(asks: string | undefined, verb: string | undefined) {
  const {isPostRenderer} = await import('./host/caller.ts');
  if (!isPostRenderer()) return;
  const asked = asks === undefined ? verb : `--${asks}`;
  throw new UsageError(
    `Helm installs whatever a post-renderer prints, so it must render: remove \`--post-renderer-args=${asked}\``,
  );
}

async function unknownVerb(word: string): Promise<string> {
  const {suggestion} = await import('./text/suggest.ts');
  const hint = suggestion(word, Object.keys(verbs));
  const file = `: use \`kube-harden render FILE\` to harden a file, \`kube-harden audit FILE\` to audit it`;
  return `unknown command "${word}"${hint || (/[./]/.test(word) ? file : ': see `kube-harden --help`')}`;
}

/** Only output that Helm takes for a release may be refused through Helm's own parser. */
let isRender = true;

/** Prints what went wrong, and returns the exit code. A crash never looks like success. */
async function fail(error: unknown): Promise<number> {
  if (error instanceof InterruptedError) return error.exitCode;
  const isRefused = error instanceof RefusedError;
  const reason = isRefused ? `refused: ${error.message}` : describe(error);
  await writeStderr(errorLines(reason));
  const {isHelm4} = await import('./host/caller.ts');
  if (isRender && isHelm4()) {
    const {refusalForHelm4} = await import('./host/helm-4.ts');
    await writeStdout(refusalForHelm4(isRefused ? error.message : reason));
    return 0;
  }
  return isRefused ? 1 : 2;
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return textOfError(error);
  if (isTooLong(error))
    return 'the result is longer than the longest possible string, or than the memory: split the input';
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** The error of Node for a string that is too long, or of Bun, which has the same for too little memory. */
const isTooLong = (error: unknown): boolean =>
  error instanceof RangeError && /^(?:Invalid string length|Out of memory)$/.test(error.message);

/** Exits, with the reason if possible, and never with the exit code of success. */
const end = (error: unknown): Promise<void> =>
  fail(error)
    .catch(() => 2)
    .then(code => process.exit(code));

process.exitCode = 2;
process.on('uncaughtException', error => void end(error));
main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
}, end);
