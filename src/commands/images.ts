import path from 'node:path';
import {isInChart} from '../config/find.ts';
import {type ImageLockPlace, loadImages} from '../config/load-images.ts';
import {UsageError} from '../errors.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {interruptible} from '../host/interrupt.ts';
import {layeredPolicy, parseCall, policyOptions, today} from '../host/options.ts';
import {
  type Asked,
  askRegistries,
  type Failure,
  type RegistryValues,
  registryOptions,
} from '../host/registry/ask.ts';
import {replaceFile} from '../host/replace-file.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, targetOptions} from '../host/targets.ts';
import {ImageBook} from '../images/book.ts';
import {imagesIn} from '../images/find.ts';
import type {LockedImage} from '../images/image.ts';
import {toImageLock} from '../images/lock/write.ts';
import {lacksNumbers} from '../images/passwd.ts';
import {nameOf, referenceOf} from '../images/reference.ts';
import type {Policy} from '../policy/policy.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Asks the registries what the images of targets say, and writes it into the lock file of images; without targets, about
 * the images in that file. With `--check` it only says which tags have moved.
 *
 * @throws {UsageError} if a target, the lock file, the policy or the command line is invalid
 */
export async function images(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      ...helmCallOptions,
      ...targetOptions,
      ...registryOptions,
      output: {type: 'string', short: 'o'},
      print: {type: 'boolean'},
      check: {type: 'boolean'},
    },
  });
  const {policy, imageLock} = await layeredPolicy(values, {mayLackImages: true});
  const place = placeOf(values.output, imageLock);
  const before = (await loadImages({...place, isNamed: false})).images ?? new Map();
  const found = await wantedIn(positionals, values, policy, before);
  const isCheck = values.check === true;
  const registries: RegistryValues = {
    ...values,
    mirrors: policy.images.mirrors,
    allowed: policy.registries,
  };
  const asked = await interruptible(signal =>
    askRegistries(found.names, before, {values: registries, isCheck, day: today(), signal}),
  );
  await tell(asked, before, isCheck, values.passwd === true);
  const code = await exitCodeOf(
    found,
    values['allow-skipped'],
    isCheck && isStale(asked, before) ? 1 : 0,
  );
  const isNothing = asked.entries.size === 0 && asked.failed.length + found.failed.length > 0;
  if (isNothing && !isCheck) await writeStderr('nothing was read, so nothing is written\n');
  if (!isNothing && !isCheck) {
    await write(values.print === true ? undefined : place.file, before, asked);
  }
  return asked.failed.length > 0 ? 2 : asked.refused.length > 0 && code === 0 ? 1 : code;
}

/** Where the lock file is written. @throws {UsageError} if that is inside a chart */
function placeOf(output: string | undefined, imageLock: ImageLockPlace): ImageLockPlace {
  const place = output === undefined ? imageLock : {file: path.resolve(output), isNamed: true};
  if (!isInChart(path.dirname(place.file))) return place;
  throw new UsageError(
    'a lock file inside a chart is ignored: run this in another folder, or choose another file with --output',
    {file: path.relative('.', place.file)},
  );
}

interface Wanted {
  /** The whole names of the images. */
  readonly names: readonly string[];
  readonly skipped: readonly Failure[];
  readonly failed: readonly Failure[];
}

/** The images of the targets; without a target, those in the lock file. */
async function wantedIn(
  targets: readonly string[],
  values: Parameters<typeof helmChoices>[0],
  policy: Policy,
  before: ReadonlyMap<string, LockedImage>,
): Promise<Wanted> {
  if (targets.length === 0) {
    if (before.size > 0) return {names: [...before.keys()], skipped: [], failed: []};
    throw new UsageError('images takes targets, as long as there is no lock file of images');
  }
  const book = new ImageBook(before, policy.images.mirrors);
  const {results, skipped, failed} = await fromTargets(
    targets,
    helmChoices(values),
    isOfConcern,
    stream => stream.resources.flatMap(resource => [...imagesIn(resource, policy.workloads)]),
  );
  const names = results.flat().map(text => book.nameOf(text) ?? nameOf(referenceOf(text)));
  return {names: [...new Set(names)].sort(), skipped, failed};
}

/** Any custom resource may name an image. */
const isOfConcern = () => true;

/** Whether a tag has moved, or an image is not in the lock file. */
const isStale = ({digests}: Asked, before: ReadonlyMap<string, LockedImage>): boolean =>
  [...digests].some(([name, digest]) => before.get(name)?.digest !== digest);

async function tell(
  {digests, entries, failed, refused}: Asked,
  before: ReadonlyMap<string, LockedImage>,
  isCheck: boolean,
  hasLookedUp: boolean,
): Promise<void> {
  const lines: string[] = [];
  for (const [name, digest] of digests) {
    const known = before.get(name);
    if (known === undefined) {
      if (isCheck) lines.push(`not in the lock file: ${name}`);
    } else if (known.digest !== digest) {
      lines.push(`moved: ${name} from ${known.digest ?? 'no digest'} to ${digest ?? 'no digest'}`);
    }
  }
  for (const {file, reason} of refused) lines.push(`not verified: ${file}: ${reason}`);
  for (const {file, reason} of failed) lines.push(`not read: ${file}: ${reason}`);
  lines.push(`${digests.size} images ${isCheck ? 'checked' : 'read'}, ${failed.length} not`);
  lines.push(...unnumbered(entries, hasLookedUp));
  for (const line of lines) await writeStderr(`${safeText(line)}\n`);
}

/** What to do about images that name their user or group, as long as the number is unknown: the kubelet needs it. */
function unnumbered(
  entries: ReadonlyMap<string, LockedImage>,
  hasLookedUp: boolean,
): readonly string[] {
  const lacking = [...entries]
    .flatMap(([name, {config, platforms}]) => {
      const configs = [config, ...[...(platforms?.values() ?? [])].map(each => each.config)];
      const found = configs.find(each => each !== undefined && lacksNumbers(each));
      return found === undefined ? [] : [{name, user: found.user}];
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  if (hasLookedUp) {
    return lacking.map(
      ({name, user}) =>
        `no number: ${name}: its layers do not say which number "${user}" has; if you know it, add \`uid\` (and \`gid\` for a group) to the lock file`,
    );
  }
  return lacking.length === 0
    ? []
    : [`${lacking.length} of them name a user without its number: --passwd looks it up`];
}

/** Writes the images that were read, and those that were in the file already. */
async function write(
  file: string | undefined,
  before: ReadonlyMap<string, LockedImage>,
  {entries}: Asked,
): Promise<void> {
  const text = toImageLock(new Map([...before, ...entries]));
  if (file === undefined) await writeReport(text);
  else replaceFile(file, text, 'the lock file of images');
}
