import {type Layer, layers} from './layers.ts';

interface Override {
  readonly includes: readonly string[];
  readonly linter: {readonly rules: {readonly style: Readonly<Record<string, unknown>>}};
}

/**
 * The text of `biome.layers.json`: Biome's rules, with one override per layer, because a later
 * override replaces an earlier one.
 */
export const lintSettings = (): string =>
  `${JSON.stringify({overrides: layers.flatMap(overridesOf)}, undefined, 1)}\n`;

function overridesOf(layer: Layer, index: number): readonly Override[] {
  const above = layers.slice(0, index).flatMap(({places}) => places);
  const impure = (layer.impure ?? []).map(place => `src/${place}`);
  const isNested = above.some(place => isAround(place, layer));
  const upward = {
    group: [...above.map(patternOf), ...(isNested ? [outer] : [])],
    message: 'Import only from lower layers: see the table in ARCHITECTURE.md.',
  };
  const forbidden = above.length === 0 ? [] : [upward];
  const inside = layers.flatMap(({places}) => places.filter(place => isInside(place, layer)));
  const includes = [
    ...layer.places.map(place => `src/${place}${place.endsWith('/') ? '**' : ''}`),
    ...inside.map(place => `!src/${place}**`),
  ];
  const pure = {
    includes: [...includes, ...impure.map(place => `!${place}`)],
    ...rules({paths: programs, patterns: [...forbidden, nodeModules]}, globals),
  };
  if (impure.length === 0) return [pure];
  const free = {includes: impure, ...rules({patterns: forbidden})};
  return layer.places.every(place => layer.impure?.includes(whole(place))) ? [free] : [pure, free];
}

const whole = (place: string): string => (place.endsWith('/') ? `${place}**` : place);

const isInside = (place: string, {places}: Layer): boolean =>
  places.some(each => each !== place && each.endsWith('/') && place.startsWith(each));

/** Whether the layer is a folder in `place`, whose name its own files do not use in imports. */
const isAround = (place: string, {places}: Layer): boolean =>
  place.endsWith('/') && places.some(each => each.startsWith(place));

/** A file in the parent folder. */
const outer = '../*.ts';

/** The patterns of relative imports of the place, from anywhere in `src`. */
function patternOf(place: string): string {
  const name = place.split('/').filter(Boolean).at(-1) ?? place;
  return place.endsWith('/') ? `**/${name}/**` : `**/${name}`;
}

function rules(imports: object, deniedGlobals?: object): Pick<Override, 'linter'> {
  const isEmpty = Object.values(imports).every(list => list.length === 0);
  return {
    linter: {
      rules: {
        style: {
          noRestrictedImports: isEmpty ? 'off' : {level: 'error', options: imports},
          ...(deniedGlobals === undefined
            ? {}
            : {noRestrictedGlobals: {level: 'error', options: {deniedGlobals}}}),
        },
      },
    },
  };
}

const programs = {
  execa: 'Only src/host starts programs.',
  'tmp-promise': 'Only src/host touches files.',
};

const nodeModules = {
  group: ['node:*', '!node:crypto', '!node:path', '!node:util'],
  message:
    'The core is pure: only src/cli.ts, src/commands, src/host and the loader in src/config may touch the process, files or the network.',
};

const globals = {
  process: 'The core is pure: pass in what it needs.',
  console: 'The core is pure: return text instead of printing it.',
  Date: 'The core has no clock: pass in the day.',
  performance: 'The core has no clock: pass in the time.',
  fetch: 'The core does not use the network.',
  setTimeout: 'The core has no clock.',
  setInterval: 'The core has no clock.',
  setImmediate: 'The core has no clock.',
};
