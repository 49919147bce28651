import {UsageError} from '../errors.ts';
import {suggestion} from '../text/suggest.ts';
import {flags} from './call.ts';

const prefix = 'KUBE_HARDEN_';

/** A variable of our own that is no option. */
const others = [`${prefix}CALLER`];

/** Kubernetes sets such variables in pods, for a Service called `kube-harden`. */
const ofService =
  /^KUBE_HARDEN_(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** The variable for an option: KUBE_HARDEN_FAIL_ON for `fail-on`. */
export const variableOf = (option: string): string =>
  `${prefix}${option.toUpperCase().replaceAll('-', '_')}`;

/** The options of a call: those of its command, and those of any command. */
export interface KnownOptions {
  /** Those of the command that take no value, besides those that never do. */
  readonly flags: readonly string[];
  readonly ofCommand: readonly string[];
  readonly ofAny: readonly string[];
}

/** Options that exclude each other: one on the command line replaces the variable of the other. */
const pairs: Readonly<Record<string, string>> = {undecided: 'fix-all', 'fix-all': 'undecided'};

/** Whether any variable may set an option. */
export const hasVariables = (environment: NodeJS.ProcessEnv): boolean =>
  Object.keys(environment).some(isOurs);

const isOurs = (name: string): boolean =>
  name.startsWith(prefix) && !others.includes(name) && !ofService.test(name);

/**
 * The arguments for the variables in `environment`, to put before `args`, which override them. A variable without a
 * value is not set, and one for an option of another command is not used.
 *
 * @throws {UsageError} if a variable is no option of any command, or has no valid value
 */
export function argumentsIn(
  environment: NodeJS.ProcessEnv,
  {ofCommand, ofAny, flags: own}: KnownOptions,
  args: readonly string[],
): readonly string[] {
  const isGiven = (option: string) =>
    args.some(arg => arg === `--${option}` || arg.startsWith(`--${option}=`));
  return Object.entries(environment)
    .filter(([name]) => isOurs(name))
    .flatMap(([name, value = '']) => {
      const option = ofAny.find(each => variableOf(each) === name);
      if (option === undefined) {
        const hint = suggestion(name, [...ofAny.map(variableOf), ...others]);
        throw new UsageError(`the variable ${name} is no option of any command${hint}`);
      }
      const isUsed = value !== '' && ofCommand.includes(option);
      if (!isUsed || isGiven(option) || isGiven(pairs[option] ?? option)) return [];
      if (!flags.includes(option) && !own.includes(option)) return [`--${option}=${value}`];
      return isTrue(name, value) ? [`--${option}`] : [];
    });
}

/** @throws {UsageError} if `value` is neither true nor false */
function isTrue(name: string, value: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new UsageError(`the variable ${name} must be "true" or "false", not "${value}"`);
}

/** An option as errors name it: with the variable that sets it, if it is not on the command line. */
export function optionText(option: string): string {
  const isGiven = process.argv.some(arg => arg === `--${option}` || arg.startsWith(`--${option}=`));
  const isSet = (process.env[variableOf(option)] ?? '') !== '';
  return isSet && !isGiven ? `--${option} (${variableOf(option)})` : `--${option}`;
}
