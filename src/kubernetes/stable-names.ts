import {asList, asMap, asString, type JsonMap, valueAt} from '../json.ts';
import {podTemplatesOf} from './pod-templates.ts';
import {isBinding} from './rbac.ts';
import type {Resource} from './resource.ts';

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
 * again.
 */
export class StableNames {
  readonly #known: KnownRelease;
  /** The release of all objects that name one. */
  readonly #shared: string | undefined;
  /** Their chart, if it is one. */
  readonly #chart: string | undefined;
  /** The namespace of the release. */
  readonly #home: string | undefined;

  constructor(resources: readonly Resource[], known: KnownRelease = {}) {
    const withPods = resources.filter(each => podTemplatesOf(each).length > 0);
    const telling = withPods.length > 0 ? withPods : resources;
    this.#known = known;
    this.#shared = only(telling.flatMap(each => releaseOf(each) ?? []));
    this.#chart = only(telling.flatMap(each => chartOf(each) ?? []));
    this.#home = known.namespace ?? homeOf(telling, resources);
  }

  /** `Deployment/RELEASE-web`; with the namespace if it is not that of the release. Quoted if need be. */
  titleOf(resource: Resource): string {
    const place = this.#namespaceOf(resource);
    const name = this.#nameOf(resource);
    return shownName(
      [kindTitle(resource), ...(place === undefined ? [] : [place]), name].join('/'),
    );
  }

  /** The namespace that an object or a reference names, unless it is that of the release. */
  namespace(name: string | undefined): string | undefined {
    return name === undefined || name === '' || name === this.#home ? undefined : name;
  }

  /** A name that `resource` refers to, or has in it. */
  within(name: string, resource?: Resource): string {
    return this.#withoutRelease(name, resource);
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

  #nameOf(resource: Resource): string {
    const {name, kind, value} = resource;
    const stable = this.#withoutRelease(name, resource);
    const isGenerated = asString(valueAt(value, ['metadata', 'name'])) === undefined;
    return isGenerated ? `${stable}${hashMark}` : withoutHash(stable, kind);
  }

  /** Some charts label their objects with the names of the release and of its namespace. */
  #withoutNamespace(label: string | undefined): string | undefined {
    const end = `-${this.#home}`;
    return label?.endsWith(end) === true ? label.slice(0, -end.length) : undefined;
  }

  #withoutRelease(name: string, resource: Resource | undefined): string {
    const own = (resource === undefined ? undefined : releaseOf(resource)) ?? this.#shared;
    const chart = (resource === undefined ? undefined : chartOf(resource)) ?? this.#chart;
    const releases = [this.#known.name, own, this.#withoutNamespace(own)];
    for (const release of releases) {
      const at = release === undefined ? -1 : wordIn(name, release);
      if (release === undefined || at === -1) continue;
      const rest = name.slice(at + release.length);
      return `${name.slice(0, at)}${releaseMark}${withoutChart(rest, chart)}`;
    }
    return name;
  }
}

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
 * bindings look for its service accounts.
 */
function homeOf(telling: readonly Resource[], resources: readonly Resource[]): string | undefined {
  const places = telling.map(placeOf);
  if (!places.every(each => each === '')) return only(places);
  const accounts = new Set(
    resources
      .filter(each => each.kind === 'ServiceAccount' && placeOf(each) === '')
      .map(({name}) => name),
  );
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

/**
 * A name without the hash of its content, as kustomize appends it to ConfigMaps and Secrets and
 * charts to others; of a Job or a Pod, also without a number or random text at its end.
 */
function withoutHash(name: string, kind: string): string {
  const dash = name.lastIndexOf('-');
  const end = name.slice(dash + 1);
  if (dash < 1) return name;
  const isHash =
    /^[24-9bcdfghkmt]{10}$/.test(end) ||
    (/^[0-9a-f]{8,64}$/.test(end) && /\d/.test(end)) ||
    (renewedKinds.includes(kind) && /^(?:\d+|(?=.*\d)(?=.*[a-z])[a-z0-9]{5,10})$/i.test(end));
  return isHash ? `${name.slice(0, dash + 1)}${hashMark}` : name;
}
