import {subjectName} from '../findings/subject.ts';
import {asList, asMap, type Json, type JsonMap, type Path, textOf} from '../json.ts';
import {aggregationSelectorsOf, grantsOf, isBinding} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {WorkLimit} from '../kubernetes/work-limit.ts';
import {type Severity, worseOf} from '../severity.ts';
import {emitFlow} from '../yaml/emit.ts';
import type {Fact} from './posture.ts';

/** The rules whose findings are grants. */
export const grantRules: readonly string[] = [
  'no-port-forward',
  'no-pod-exec',
  'no-wildcard-rbac',
  'no-cluster-admin',
  'no-escalation-verbs',
  'no-secret-listing',
  'no-workload-writes',
];

/** What a line costs besides its characters. */
export const lineCost = 20;

/** How bad what stands at a path is: the severity of the worst finding there. */
export type SeverityAt = (path: Path) => Severity;

/** Says what the roles and bindings of one stream grant. */
export class GrantWords {
  readonly #names: StableNames;
  readonly #size: WorkLimit;

  /** `size` counts the characters of what there is to say. */
  constructor(names: StableNames, size: WorkLimit) {
    this.#names = names;
    this.#size = size;
  }

  *of(resource: Resource, severityAt: SeverityAt): Iterable<Fact> {
    const aggregated = aggregationSelectorsOf(resource);
    for (const {selector, path} of aggregated) {
      yield {text: `roles with ${emitFlow(selector ?? {})}`, severity: severityAt(path)};
    }
    // A controller writes the rules of a role that aggregates others.
    if (aggregated.length === 0) yield* this.#granted(resource, severityAt);
    yield* aggregatedBy(resource, severityAt(['rules']));
    if (isBinding(resource)) yield* this.#bound(resource, severityAt);
  }

  /** One line for each resource, with all its verbs. */
  *#granted(resource: Resource, severityAt: SeverityAt): Iterable<Fact> {
    const verbs = new Map<string, {readonly verbs: Set<string>; severity: Severity}>();
    for (const {value, path} of grantsOf(resource)) {
      const severity = severityAt(path);
      for (const what of this.#resourcesIn(value, resource)) {
        const known = verbs.get(what) ?? {verbs: new Set<string>(), severity: 'low' as const};
        for (const verb of asList(value['verbs'])) known.verbs.add(textOf(verb));
        known.severity = worseOf(known.severity, severity);
        verbs.set(what, known);
      }
    }
    for (const [what, {verbs: all, severity}] of verbs) {
      const listed = all.has('*') ? ['*'] : [...all].sort();
      yield {text: `${what} [${listed.join(', ')}]`, severity};
    }
  }

  *#resourcesIn(grant: JsonMap, resource: Resource): Iterable<string> {
    const names = asList(grant['resourceNames']).map(name =>
      this.#names.within(textOf(name), resource),
    );
    const named = names.length === 0 ? '' : ` named ${names.sort().join(', ')}`;
    const [groups, kinds] = [asList(grant['apiGroups']), asList(grant['resources'])];
    const verbs = asList(grant['verbs']).reduce<number>(
      (sum, verb) => sum + textOf(verb).length,
      0,
    );
    this.#size.count(groups.length * kinds.length * (named.length + verbs + lineCost));
    for (const kind of kinds) {
      for (const group of groups) yield `${textOf(kind)}${suffixOf(group)}${named}`;
    }
    for (const url of asList(grant['nonResourceURLs'])) yield `URL ${textOf(url)}`;
  }

  *#bound(resource: Resource, severityAt: SeverityAt): Iterable<Fact> {
    const {kind, name} = asMap(resource.value['roleRef']) ?? {};
    const role = `${textOf(kind)}/${this.#names.within(textOf(name), resource)}`;
    const ofRole = severityAt(['roleRef']);
    for (const [index, item] of asList(resource.value['subjects']).entries()) {
      const who = subjectName(item, resource, this.#names);
      const severity = worseOf(ofRole, severityAt(['subjects', index]));
      yield {text: `${role} to ${who}`, severity};
    }
  }
}

/** As the documentation of RBAC names such labels, and many operators with it. */
const aggregationLabel = /(?:^|\/)aggregate-to-(.+)$/;

/** The roles that get the rules of a role, because of its labels. */
function* aggregatedBy({kind, value}: Resource, severity: Severity): Iterable<Fact> {
  if (kind !== 'ClusterRole') return;
  const labels = asMap(asMap(value['metadata'])?.['labels']) ?? {};
  for (const [key, text] of Object.entries(labels)) {
    const role = aggregationLabel.exec(key)?.[1];
    if (role === undefined || text !== 'true') continue;
    yield {text: `its rights to ClusterRole/${role}`, severity: worseOf(severity, 'medium')};
  }
}

/** `.apps` of `deployments.apps`. */
const suffixOf = (group: Json | undefined): string => (group === '' ? '' : `.${textOf(group)}`);
