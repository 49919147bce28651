import {asList, asMap, asString, type JsonMap, valueAt} from '../json.ts';
import {podSpecsOf} from './pod-spec.ts';
import {podTemplatesOf} from './pod-templates.ts';
import {isBinding} from './rbac.ts';
import type {Resource} from './resource.ts';
import {accountOf} from './service-accounts.ts';

/** The release that a stream is, as far as the caller knows. */
export interface KnownRelease {
  readonly name?: string;
  readonly namespace?: string;
}

/** What stands for the name of the release: names in Kubernetes are in lower case. */
const releaseMark = 'RELEASE';

/** What stands for its namespace. */
const namespaceMark = 'NAMESPACE';

/** The label with which a selector names a namespace, and its first value. */
const namespaceLabel = /(kubernetes\.io\/metadata\.name(?:=| in \())([^=(),"\s]+)/g;

/** What stands for the end of a name that each render makes anew. */
const hashMark = 'HASH';

/** Groups of Kubernetes itself, whose kinds are known without their group. */
const ownGroups: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
]);

/** A kind, as kubectl names it: with its group unless that is one of Kubernetes itself. */
export const kindTitle = ({kind, group}: Pick<Resource, 'kind' | 'group'>): string =>
  ownGroups.has(group) ? kind : `${kind}.${group}`;

/**
 * Names of objects that stay when a release is renamed, installed in another namespace, or rendered
 * again. No object takes the name of another: where two would have the same, they keep more of their own.
 */
export class StableNames {
  readonly #resources: readonly Resource[];
  /** The release of all objects; undefined if they name several, so that each counts for itself. */
  readonly #release: string | undefined;
  /** Their chart, if it is one. */
  readonly #chart: string | undefined;
  /** The namespace of the release. */
  readonly #home: string | undefined;
  #titles: ReadonlyMap<Resource, string> | undefined;

  constructor(resources: readonly Resource[], known: KnownRelease = {}) {
    const withPods = resources.filter(each => podTemplatesOf(each).length > 0);
    const telling = withPods.length > 0 ? withPods : resources;
    this.#resources = resources;
    this.#release =
      known.name !== undefined && isNamedIn(resources, known.name)
        ? known.name
        : only(telling.flatMap(each => releaseOf(each) ?? []));
    this.#chart = only(telling.flatMap(each => chartOf(each) ?? []));
    this.#home = known.namespace ?? homeOf(telling, resources);
  }

  /** `Deployment/RELEASE-web`; with the namespace if it is not that of the release. Quoted if need be. */
  titleOf(resource: Resource): string {
    this.#titles ??= this.#findTitles();
    return this.#titles.get(resource) ?? this.#title(resource, shortenings[0]);
  }

  /** The title of each object: the shortest that no other object has. */
  #findTitles(): ReadonlyMap<Resource, string> {
    const titles = new Map<Resource, string>();
    let left = this.#resources;
    for (const shortening of shortenings) {
      const groups = new Map<string, Resource[]>();
      for (const resource of left) {
        const title = this.#title(resource, shortening);
        titles.set(resource, title);
        const same = groups.get(title);
        if (same === undefined) groups.set(title, [resource]);
        else same.push(resource);
      }
      left = [...groups.values()].filter(areSeveral).flat();
    }
    return titles;
  }

  #title(resource: Resource, shortening: Shortening): string {
    const place = this.#namespaceOf(resource);
    const name = this.#nameOf(resource, shortening);
    return shownName(
      [kindTitle(resource), ...(place === undefined ? [] : [place]), name].join('/'),
    );
  }

  /** The namespace that an object or a reference names, unless it is that of the release. */
  namespace(name: string | undefined): string | undefined {
    return name === undefined || name === '' || name === this.#home ? undefined : name;
  }

  /** A name that `resource` refers to, or has in it. Two names stay two: only that of the release is left out. */
  within(name: string, resource?: Resource): string {
    return this.#withoutRelease(name, resource, false);
  }

  /**
   * Text with selectors and names in quotes, such as `pods app=web of the namespace`: only the values of
   * labels, and what is quoted, are names.
   */
  inText(text: string): string {
    return text
      .replace(namespaceLabel, (all, before: string, value: string) =>
        value === this.#home ? `${before}${namespaceMark}` : all,
      )
      .replace(
        /([=(,"])([^=(),"\s]+)/g,
        (_, before: string, value: string) => `${before}${this.within(value)}`,
      );
  }

  #namespaceOf({namespace, isNamespaceAssumed}: Resource): string | undefined {
    return isNamespaceAssumed ? undefined : this.namespace(namespace);
  }

  #nameOf(resource: Resource, shortening: Shortening): string {
    const {name, kind, value} = resource;
    const stable =
      shortening === 'none'
        ? withoutMarks(name)
        : this.#withoutRelease(name, resource, shortening === 'all');
    const isGenerated = asString(valueAt(value, ['metadata', 'name'])) === undefined;
    return isGenerated ? `${stable}${hashMark}` : withoutHash(stable, kind, shortening);
  }

  /** Some charts label their objects with the names of the release and of its namespace. */
  #withoutNamespace(label: string | undefined): string | undefined {
    const end = `-${this.#home}`;
    return label?.endsWith(end) === true ? label.slice(0, -end.length) : undefined;
  }

  #withoutRelease(
    written: string,
    resource: Resource | undefined,
    isWithoutChart: boolean,
  ): string {
    const name = withoutMarks(written);
    const release = this.#release ?? (resource === undefined ? undefined : releaseOf(resource));
    const own = resource === undefined ? undefined : chartOf(resource);
    const chart = isWithoutChart ? (own ?? this.#chart) : undefined;
    for (const each of [release, this.#withoutNamespace(release)]) {
      const at = each === undefined ? -1 : wordIn(name, each);
      if (each === undefined || at === -1) continue;
      const rest = name.slice(at + each.length);
      return `${name.slice(0, at)}${releaseMark}${withoutChart(rest, chart)}`;
    }
    return name;
  }
}

/** What is left out of the name of an object: all that may change, only the name of the release, or nothing. */
const shortenings = ['all', 'release', 'none'] as const;
type Shortening = (typeof shortenings)[number];

/** Whether the objects with one title have more than one name. */
function areSeveral(resources: readonly Resource[]): boolean {
  const [first] = resources;
  return resources.some(
    ({name, namespace}) => name !== first?.name || namespace !== first.namespace,
  );
}

/** Whether an object has `release` in its name, or names it as its release. */
const isNamedIn = (resources: readonly Resource[], release: string): boolean =>
  resources.some(each => releaseOf(each) === release || wordIn(each.name, release) !== -1);

/** A name in which no text is one of our marks: a quoted name is none of those that we make. */
const withoutMarks = (name: string): string =>
  name.replaceAll(/RELEASE|HASH|NAMESPACE/g, mark => `"${mark}"`);

/** Names that a person can read are kept; a longer one is cut. */
const longestName = 300;

/** A name, quoted if it could be read as more than one. */
export function shownName(name: string): string {
  const short = name.length <= longestName ? name : `${name.slice(0, longestName)}…`;
  return /^[\w./:@-]+$/.test(short) ? short : JSON.stringify(short);
}

/** The only value of a list, if all its items are the same and not empty. */
function only(values: readonly string[]): string | undefined {
  const [first] = values;
  return first !== '' && values.every(each => each === first) ? first : undefined;
}

/**
 * The namespace of the release: that of all its objects; or where they have none, that in which its
 * bindings look for its service accounts: those of its pods, which are always read, and those among its objects.
 */
function homeOf(telling: readonly Resource[], resources: readonly Resource[]): string | undefined {
  const places = telling.map(placeOf);
  if (!places.every(each => each === '')) return only(places);
  const pods = telling.flatMap(each => podSpecsOf(each));
  const objects = resources.filter(each => each.kind === 'ServiceAccount' && placeOf(each) === '');
  const accounts = new Set([
    ...pods.map(({value}) => accountOf(value)),
    ...objects.map(({name}) => name),
  ]);
  const subjects = resources.filter(isBinding).flatMap(({value}) => asList(value['subjects']));
  return only(
    subjects.flatMap(item => {
      const {kind, name, namespace} = asMap(item) ?? {};
      const isOwn = kind === 'ServiceAccount' && accounts.has(asString(name) ?? '');
      return isOwn ? (asString(namespace) ?? []) : [];
    }),
  );
}

const placeOf = ({namespace, isNamespaceAssumed}: Resource): string =>
  isNamespaceAssumed ? '' : (namespace ?? '');

/** The release that installed an object, according to its own labels and annotations. */
function releaseOf({value}: Resource): string | undefined {
  const metadata = asMap(value['metadata']);
  const own = asString(asMap(metadata?.['annotations'])?.['meta.helm.sh/release-name']);
  if (own !== undefined) return own;
  const labels = asMap(metadata?.['labels']);
  if (labels === undefined || !isOfHelm(labels)) return undefined;
  return asString(labels['app.kubernetes.io/instance']) ?? asString(labels['release']);
}

/** Whether labels are those of charts, now or before Helm 3. */
const isOfHelm = (labels: JsonMap): boolean =>
  labels['app.kubernetes.io/managed-by'] === 'Helm' ||
  ['helm.sh/chart', 'chart', 'heritage'].some(key => labels[key] !== undefined);

/** The name of the chart: `shop` of `shop-1.2.3`. */
function chartOf({value}: Resource): string | undefined {
  const labels = asMap(valueAt(value, ['metadata', 'labels']));
  const chart = asString(labels?.['helm.sh/chart']) ?? asString(labels?.['chart']);
  return chart?.replace(/-v?\d.*$/s, '') ?? asString(labels?.['app.kubernetes.io/name']);
}

/**
 * The rest of a name after that of the release, without the name of the chart: most charts leave
 * that out where the name of the release already contains it.
 */
function withoutChart(rest: string, chart: string | undefined): string {
  if (chart === undefined || !rest.startsWith(`-${chart}`)) return rest;
  const end = rest.slice(chart.length + 1);
  return end === '' || !isOfWord(end[0]) ? end : rest;
}

/** Where `word` stands in a name as a whole: not as a part of another word. */
function wordIn(name: string, word: string): number {
  if (word === '') return -1;
  let at = name.indexOf(word);
  while (at !== -1) {
    if (!isOfWord(name[at - 1]) && !isOfWord(name[at + word.length])) return at;
    at = name.indexOf(word, at + 1);
  }
  return -1;
}

const isOfWord = (character: string | undefined): boolean =>
  character !== undefined && /[A-Za-z0-9]/.test(character);

/** Kinds of which each render or run makes a new object. */
const renewedKinds = ['Job', 'Pod'];

/** Kinds to whose names kustomize, and charts, append a hash of their content. */
const hashedKinds = ['ConfigMap', 'Secret'];

/**
 * A name without the hash of its content; of a Job or a Pod, also without a number or random text at
 * its end. Other objects keep their names: one that ends in digits is another object.
 */
function withoutHash(name: string, kind: string, shortening: Shortening): string {
  const isRenewed = renewedKinds.includes(kind);
  if (!isRenewed && (shortening !== 'all' || !hashedKinds.includes(kind))) return name;
  const dash = name.lastIndexOf('-');
  const end = name.slice(dash + 1);
  if (dash < 1) return name;
  const isHash =
    /^[24-9bcdfghkmt]{10}$/.test(end) ||
    (/^[0-9a-f]{8,64}$/.test(end) && /\d/.test(end)) ||
    (isRenewed && /^(?:\d+|(?=.*\d)(?=.*[a-z])[a-z0-9]{5,10})$/i.test(end));
  return isHash ? `${name.slice(0, dash + 1)}${hashMark}` : name;
}
