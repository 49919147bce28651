import {asList, asMap, asString, type Json, type JsonMap, textOf} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {Severity} from '../severity.ts';
import type {Fact} from './posture.ts';

/**
 * What an object changes about what the API server admits: webhooks, servers that answer in its place, bindings of
 * ValidatingAdmissionPolicies, and the levels of Pod Security that a Namespace sets.
 */
export function admissionOf(
  resource: Resource,
  names: StableNames,
  worst: Severity,
): readonly Fact[] {
  const {group, kind, value} = resource;
  const spec = asMap(value['spec']) ?? {};
  switch (`${group}/${kind}`) {
    case 'admissionregistration.k8s.io/MutatingWebhookConfiguration':
      return webhooks(resource, names).map(text => ({text: `changed by ${text}`, severity: worst}));
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
      return webhooks(resource, names).map(text => ({
        text: `checked by ${text}`,
        severity: 'medium',
      }));
    case 'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding':
      return [{text: bindingText(spec), severity: 'medium'}];
    case 'apiregistration.k8s.io/APIService':
      return answered(resource, spec, names, worst);
    case '/Namespace':
      return podSecurity(value);
    default:
      return [];
  }
}

const textsOf = (list: Json | undefined): string => asList(list).map(textOf).sort().join(', ');

/** What each webhook sees and who is asked, with the defaults of the API server. */
const webhooks = (resource: Resource, names: StableNames): readonly string[] =>
  asList(resource.value['webhooks']).map(item => {
    const webhook = asMap(item) ?? {};
    const {url, service} = asMap(webhook['clientConfig']) ?? {};
    const rules = asList(webhook['rules']).map(rule => {
      const {operations, apiGroups, resources} = asMap(rule) ?? {};
      const groups = textsOf(apiGroups);
      return `${textsOf(operations)} of ${textsOf(resources)}${groups === '' ? '' : ` in ${groups}`}`;
    });
    const failure = asString(webhook['failurePolicy']) ?? 'Fail';
    const limits = ['namespaceSelector', 'objectSelector', 'matchConditions'].filter(key =>
      isSet(webhook[key]),
    );
    const narrowed = limits.length === 0 ? '' : `, limited by ${limits.join(', ')}`;
    const who = url === undefined ? serviceText(service, resource, names) : textOf(url);
    return `${who}: ${rules.sort().join('; ')}${narrowed}, else ${failure}`;
  });

const isSet = (value: Json | undefined): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

function serviceText(service: Json | undefined, resource: Resource, names: StableNames): string {
  const {namespace, name, path} = asMap(service) ?? {};
  const place = names.namespace(asString(namespace));
  const title = [
    'Service',
    ...(place === undefined ? [] : [place]),
    names.within(textOf(name), resource),
  ].join('/');
  return `${title}${asString(path) ?? ''}`;
}

function bindingText(spec: JsonMap): string {
  const actions = textsOf(spec['validationActions']);
  const limit = isSet(spec['matchResources']) ? ', limited by matchResources' : '';
  return `checked by ValidatingAdmissionPolicy/${textOf(spec['policyName'])}: ${actions}${limit}`;
}

/** The API server itself answers for an APIService without a Service. */
function answered(
  resource: Resource,
  spec: JsonMap,
  names: StableNames,
  severity: Severity,
): readonly Fact[] {
  if (!isSet(spec['service'])) return [];
  const isUnchecked = spec['insecureSkipTLSVerify'] === true;
  const text = `answered by ${serviceText(spec['service'], resource, names)}`;
  return [
    {text, severity},
    ...(isUnchecked
      ? [{text: `${text}, whose certificate is not checked`, severity: 'medium'} as const]
      : []),
  ];
}

const modes: Readonly<Record<string, Severity>> = {enforce: 'high', warn: 'low', audit: 'low'};
const prefix = 'pod-security.kubernetes.io/';

/** Without a version it is the latest. */
function podSecurity({metadata}: JsonMap): readonly Fact[] {
  const labels = asMap(asMap(metadata)?.['labels']) ?? {};
  return Object.entries(modes).flatMap(([mode, severity]) => {
    const level = asString(labels[`${prefix}${mode}`]);
    const version = asString(labels[`${prefix}${mode}-version`]) ?? 'latest';
    return level === undefined
      ? []
      : [{text: `Pod Security ${mode}: ${level} ${version}`, severity}];
  });
}
