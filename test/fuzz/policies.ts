import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {rules} from '../../src/rules/index.ts';

/** The current day for expiry dates in generated policies. */
export const today = '2026-11-01';

const reason = 'drawn';
const widget = {group: 'example.com', kind: 'Widget'};
const connection = {
  from: {workload: {kind: 'Deployment', name: 'web'}},
  to: {workload: {name: 'd*'}},
  ports: [{protocol: 'TCP', port: 5432}],
  reason,
} as const;

/** The policies for generated streams: every profile, and every key of a policy. */
const choices: Readonly<Record<string, PolicyChoices>> = {
  audit: {profiles: ['audit']},
  essential: {},
  'essential, decided': {undecided: 'fix'},
  baseline: {profiles: ['baseline']},
  restricted: {profiles: ['restricted']},
  strict: {profiles: ['strict']},
  'strict without notes': {profiles: ['strict'], annotate: false},
  'strict, as waits': {rules: Object.fromEntries(rules.map(({id}) => [id, 'flag' as const]))},
  'restricted v1.18': {profiles: ['restricted', 'essential'], podSecurityMinor: 18},
  'restricted v1.24': {profiles: ['restricted'], podSecurityMinor: 24, annotate: false},
  'least in and out': {
    networkPolicy: {ingress: 'least', egress: 'least', connections: [connection]},
  },
  'release in and out': {
    profiles: ['strict'],
    networkPolicy: {ingress: 'release', egress: 'release', namespaceDeny: true},
  },
  'workloads out': {networkPolicy: {egress: 'workloads', namespaceDeny: true}},
  'nothing in or out': {networkPolicy: {ingress: 'deny', egress: 'deny'}},
  allowances: {
    profiles: ['strict'],
    exceptions: [
      {rules: ['no-privileged', 'no-root'], match: {kind: 'D*', container: 'm*'}, reason},
      {rules: ['no-host-network'], match: {name: '*'}, reason, expires: '2026-12-31'},
      {rules: ['require-network-policy'], match: {namespace: 'shop'}, reason},
    ],
    exposed: [{match: {kind: 'Service', name: 'w*'}, reason}],
  },
  'custom workloads': {
    profiles: ['strict'],
    workloads: [
      {...widget, path: 'spec.template'},
      {...widget, path: 'spec.*', holds: 'settings'},
      {...widget, path: 'spec.template.spec', holds: 'spec'},
    ],
  },
};

export const policies: ReadonlyMap<string, Policy> = new Map(
  Object.entries(choices).map(([name, each]) => [name, resolvePolicy(each)]),
);
