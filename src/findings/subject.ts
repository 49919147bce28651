import type {Verdict} from '../check/verdict.ts';
import {
  asList,
  asMap,
  asString,
  isList,
  isMap,
  type Json,
  type JsonList,
  type Path,
  textOf,
  valueAt,
} from '../json.ts';
import {imageOf} from '../kubernetes/image.ts';
import {loadBalancerOf} from '../kubernetes/load-balancer.ts';
import {publicHostsOf} from '../kubernetes/public-hosts.ts';
import {isBinding} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {type StableNames, shownName} from '../kubernetes/stable-names.ts';
import {memoized} from '../memoized.ts';
import type {Uses} from '../policy/uses.ts';
import {sha256} from '../sha256.ts';

/** A field at fault. */
interface Field {
  readonly value: Json | undefined;
  readonly path: Path;
  readonly resource: Resource;
  readonly names: StableNames;
}

type Teller = (field: Field) => string | undefined;

/**
 * What the findings of a rule are about, if that is not just the text or number of the field. It leaves out what every
 * upgrade changes, such as the tag of an image, what the API server fills in, and what may be secret.
 */
const tellers: Readonly<Record<string, Teller>> = {
  'no-host-port': hostPort,
  'no-unsafe-sysctls': ({value}) => textOf(asMap(value)?.['value']),
  'drop-all-capabilities': ({value}) => listText(asMap(value)?.['add']),
  'pin-images': ({value}) => imageOf(textOf(value)).repository,
  'no-load-balancer': opening,
  'no-node-port': opening,
  'no-public-ingress': ({resource}) => publicHostsOf(resource).toSorted().join(', '),
  'no-open-network-policy': admission,
  'no-mutating-admission': mutation,
  'no-default-service-account': nothing,
  'no-default-namespace': nothing,
  'no-secret-env': nothing,
  readable: nothing,
};

/**
 * The value that a finding is about, besides its place: with another host port, host folder or subject of a binding it
 * is another finding. Undefined if the place says it all.
 */
export function subjectOf(
  {rule, violation}: Verdict,
  resource: Resource,
  names: StableNames,
): string | undefined {
  const {path, uses, seen} = violation;
  const field = {value: valueAt(resource.value, path), path, resource, names};
  const text = seen === undefined ? toldIn(rule.id, field, uses) : seenText(seen, field);
  return text === undefined || text === '' ? undefined : shown(text);
}

function toldIn(rule: string, field: Field, uses: Uses | undefined): string | undefined {
  const {resource, path} = field;
  if (isBinding(resource)) return bindingText(field);
  if (path[0] === 'rules') return grant(field);
  if (path[0] === 'aggregationRule') return contentOf(field.value);
  if (Object.hasOwn(tellers, rule)) return tellers[rule]?.(field);
  const used = [...(uses?.hostPaths ?? []), ...(uses?.externalIPs ?? [])];
  return used.length > 0 ? used.toSorted().join(', ') : scalar(field);
}

/** What a rule of the policy saw, which may be a secret. */
function seenText(seen: readonly string[], {names, resource}: Field): string | undefined {
  if (seen.length === 0 || (resource.kind === 'Secret' && resource.group === '')) return undefined;
  const stable = seen.map(text => names.namespace(text) && names.within(text, resource));
  return hashOf(JSON.stringify(stable));
}

function nothing(): undefined {
  return undefined;
}

/** The text or number of a field. That of an item of a list is in the path already. */
function scalar({value, path}: Field): string | undefined {
  const isTold = typeof value === 'string' || typeof value === 'number';
  return isTold && typeof path.at(-1) === 'string' ? textOf(value) : undefined;
}

function hostPort({resource, path}: Field): string {
  const {
    hostPort: port,
    hostIP,
    protocol,
  } = asMap(valueAt(resource.value, path.slice(0, -1))) ?? {};
  const address = asString(hostIP) ?? '';
  return `${address === '' ? '' : `${address}:`}${textOf(port)}/${asString(protocol) ?? 'TCP'}`;
}

/** Which ports a Service opens to whom. */
function opening({resource}: Field): string {
  const {isInternal, ranges} = loadBalancerOf(resource);
  const ports = asList(valueAt(resource.value, ['spec', 'ports'])).map(item => {
    const {port, protocol} = asMap(item) ?? {};
    return `${textOf(port)}/${asString(protocol) ?? 'TCP'}`;
  });
  const who = ranges.length === 0 ? '' : ` from ${ranges.toSorted().join(', ')}`;
  return `${isInternal ? 'internal ' : ''}${ports.sort().join(', ')}${who}`;
}

/** The role and the subject at fault, or all subjects. */
function bindingText({resource, path, names}: Field): string {
  const {kind, name} = asMap(resource.value['roleRef']) ?? {};
  const subjects = asList(resource.value['subjects']);
  const [list, at] = path;
  const bound = list === 'subjects' && typeof at === 'number' ? [subjects[at]] : subjects;
  const who = bound.map(item => subjectName(item, resource, names)).sort();
  return `${textOf(kind)}/${names.within(textOf(name), resource)} to ${who.join(', ')}`;
}

/** A subject of a binding: `ServiceAccount/web`, with the namespace if it is not that of the release. */
export function subjectName(
  item: Json | undefined,
  resource: Resource,
  names: StableNames,
): string {
  const {kind, name, namespace} = asMap(item) ?? {};
  const place = names.namespace(asString(namespace) ?? resource.namespace);
  return [
    textOf(kind),
    ...(kind === 'ServiceAccount' && place !== undefined ? [place] : []),
    names.within(textOf(name), resource),
  ].join('/');
}

const grantFields = ['verbs', 'resources', 'apiGroups', 'resourceNames', 'nonResourceURLs'];

/** The rest of a role's rule: what else is in the list at fault is another finding, if any. */
function grant(field: Field): string {
  const {resource, path} = field;
  const rule = asMap(valueAt(resource.value, path.slice(0, 2)));
  return grantFields
    .filter(key => key !== path[2])
    .map(
      key =>
        [
          key,
          key === 'resourceNames' ? namesText(rule?.[key], field) : listText(rule?.[key]),
        ] as const,
    )
    .filter(([, text]) => text !== '')
    .map(([key, text]) => `${key} ${text}`)
    .join('; ');
}

/** Whom a policy admits where, without the protocol that the API server fills in. */
function admission({value, path, resource, names}: Field): string {
  const spec = asMap(resource.value['spec']);
  const selector =
    spec?.['podSelector'] ?? spec?.['endpointSelector'] ?? spec?.['selector'] ?? null;
  const ports = asMap(valueAt(resource.value, path.slice(0, 3)))?.['ports'] ?? null;
  return names.inText(
    [selector, isMap(value) || isList(value) ? value : null, ports].map(contentOf).join(' '),
  );
}

/** Who changes which objects. */
function mutation({value, path, resource, names}: Field): string | undefined {
  const {value: object} = resource;
  if (path[0] === 'webhooks') {
    const {clientConfig, rules} = asMap(valueAt(object, path.slice(0, 2))) ?? {};
    const {url, service} = asMap(clientConfig) ?? {};
    return `${contentOf(url ?? null)} ${serverText(service, names, resource)} ${contentOf(rules)}`;
  }
  if (resource.kind === 'APIService') return serverText(value, names, resource);
  if (resource.kind === 'MutatingAdmissionPolicy') {
    const {matchConstraints, mutations} = asMap(object['spec']) ?? {};
    return `${contentOf(asMap(matchConstraints)?.['resourceRules'])} ${contentOf(mutations)}`;
  }
  if (typeof value === 'string') return names.within(value, resource);
  return path.includes('spec') && isMap(value) ? undefined : contentOf(value);
}

/** The Service that the API server asks, as in a webhook: its namespace, name and path. */
function serverText(service: Json | undefined, names: StableNames, resource: Resource): string {
  const {namespace, name, path} = asMap(service) ?? {};
  return [
    names.namespace(asString(namespace)) ?? '',
    names.within(textOf(name), resource),
    asString(path)?.replace(/^\//, '') ?? '',
  ].join('/');
}

/** A longer text is told by its hash. */
const longestText = 80;

const shown = (text: string): string =>
  text.length <= longestText ? shownName(text) : hashOf(text);

/** Stands for a text that is too long to be shown, with as many digits as nobody finds another text for. */
export const hashOf = (text: string): string => `sha256:${sha256(text).slice(0, 32)}`;

/** A list of texts, in order. A hostile list is read once for all findings. */
const listText = (list: Json | undefined): string => (isList(list) ? textOfList(list) : '');

/** The same for names in `resource`. */
function namesText(list: Json | undefined, {names, resource}: Field): string {
  if (!isList(list)) return '';
  const known = stableLists(names);
  const text = known.get(list) ?? listText(list.map(name => names.within(textOf(name), resource)));
  known.set(list, text);
  return text;
}

const stableLists = memoized((_: StableNames) => new Map<JsonList, string>());

const textOfList = memoized((list: readonly (Json | undefined)[]) =>
  shortened(list.map(textOf).sort().join(', ')),
);

/** A value as text with its keys in order, without what the API server fills in. */
const contentOf = (value: Json | undefined): string =>
  typeof value === 'object' && value !== null ? textOfContent(value) : textOf(value);

const textOfContent = memoized((value: object) =>
  shortened(
    JSON.stringify(value, (key, item: Json) => {
      if ((key === 'protocol' && item === 'TCP') || (key === 'scope' && item === '*'))
        return undefined;
      if (!isMap(item)) return item;
      return Object.fromEntries(
        Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)),
      );
    }),
  ),
);

const shortened = (text: string): string => (text.length <= longestText ? text : hashOf(text));
