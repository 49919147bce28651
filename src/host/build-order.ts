import {UsageError} from '../errors.ts';
import {textOfError} from './error-text.ts';
import type {Kustomization} from './kustomizations.ts';

/** The result of a kustomization that was built on its own. */
export interface Built<T> {
  readonly kustomization: Kustomization;
  readonly result: T | UsageError;
}

/**
 * Builds the kustomizations that no other one builds: those that nothing includes, and those that
 * are only included by kustomizations that could not be built. A component is meant for others, and
 * is built on its own only if nothing includes it.
 */
export async function* builtOf<T>(
  all: readonly Kustomization[],
  build: (kustomization: Kustomization) => Promise<T>,
): AsyncGenerator<Built<T>> {
  const includers = includersOf(all);
  const faults = faultsOf(all, includers);
  const covered = new Set<Kustomization>();
  for (const [kustomization, fault] of faults) {
    const ofIt = includers.get(kustomization.folder) ?? [];
    if (ofIt.some(each => covered.has(each))) covered.add(kustomization);
    else if (isByItself(kustomization, ofIt)) {
      const result = fault ?? (await attempted(() => build(kustomization)));
      if (!(result instanceof UsageError)) covered.add(kustomization);
      yield {kustomization, result};
    }
  }
}

const isByItself = (
  {isFound, isComponent}: Kustomization,
  includers: readonly Kustomization[],
): boolean => isFound && !(isComponent && includers.length > 0);

async function attempted<T>(work: () => Promise<T>): Promise<T | UsageError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** The kustomizations that include each one, by its folder. */
function includersOf(all: readonly Kustomization[]): ReadonlyMap<string, readonly Kustomization[]> {
  const includers = new Map<string, Kustomization[]>();
  for (const kustomization of all) {
    for (const base of kustomization.bases) {
      const known = includers.get(base);
      if (known === undefined) includers.set(base, [kustomization]);
      else known.push(kustomization);
    }
  }
  return includers;
}

/**
 * The most kustomizations that kustomize may have to build for one: what is included twice is built
 * twice.
 */
const mostIncluded = 10_000;

/**
 * Each with the reason why it, or something that it includes, cannot be built, in an order with
 * includers first.
 */
function faultsOf(
  all: readonly Kustomization[],
  includers: ReadonlyMap<string, readonly Kustomization[]>,
): ReadonlyMap<Kustomization, UsageError | undefined> {
  const byFolder = new Map(all.map(each => [each.folder, each]));
  const open = new Map(all.map(each => [each, each.bases.length]));
  const causes = new Map<Kustomization, UsageError | undefined>();
  const sizes = new Map<Kustomization, number>();
  const ready = all.filter(({bases}) => bases.length === 0).toReversed();
  for (const kustomization of ready) {
    const bases = kustomization.bases.flatMap(base => byFolder.get(base) ?? []);
    const size = bases.reduce((sum, base) => sum + (sizes.get(base) ?? 0), 1);
    sizes.set(kustomization, size);
    const own = kustomization.fault ?? (size > mostIncluded ? tooMany(kustomization) : undefined);
    const cause = own ?? bases.map(base => causes.get(base)).find(each => each !== undefined);
    causes.set(kustomization, cause);
    for (const includer of includers.get(kustomization.folder) ?? []) {
      const left = (open.get(includer) ?? 0) - 1;
      open.set(includer, left);
      if (left === 0) ready.push(includer);
    }
  }
  const circular = all.filter(each => !causes.has(each)).map(each => [each, circle(each)] as const);
  const others = [...causes]
    .reverse()
    .map(([each, cause]) => [each, asFaultOf(each, cause)] as const);
  return new Map([...circular, ...others]);
}

const tooMany = ({file}: Kustomization): UsageError =>
  new UsageError(`kustomize would have to build more than ${mostIncluded} kustomizations for it`, {
    file,
  });

const circle = ({file, fault}: Kustomization): UsageError =>
  fault ?? new UsageError('it includes kustomizations that include each other in a circle', {file});

/** `cause` as the error of the kustomization that includes it. */
const asFaultOf = (
  {file, fault}: Kustomization,
  cause: UsageError | undefined,
): UsageError | undefined =>
  cause === undefined || cause === fault || cause.place.file === file
    ? cause
    : new UsageError(
        `it includes a kustomization that cannot be built: ${textOfError(cause)}`,
        {file},
        {cause},
      );
