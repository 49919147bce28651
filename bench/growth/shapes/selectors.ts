import {
  allOfTwenty,
  deployment,
  documents,
  networkPolicy,
  object,
  service,
  someOfTwenty,
  workloads,
} from '../manifests.ts';
import type {Shape} from '../shape.ts';

/** Workloads, and policies that select by `expressionOf` their index. */
const policiesOf = (
  count: number,
  expressionOf: (index: number) => string,
  more = '',
  types = 'Ingress',
): string =>
  documents(count, index =>
    networkPolicy(
      `p${index}`,
      `policyTypes: [${types}], podSelector: {matchExpressions: [${expressionOf(index)}]}${more}`,
    ),
  );

const notIn = (key: string, ...values: readonly string[]): string =>
  `{key: ${key}, operator: NotIn, values: [${values.join(', ')}]}`;
const isThere = (key: string, operator = 'Exists'): string =>
  `{key: ${key}, operator: ${operator}}`;

const shared = (count: number, port: (index: number) => number): string =>
  documents(count, index => deployment(`d${index}`, `shared: x, own: d${index}, ${allOfTwenty}`)) +
  documents(count, index => service(`s${index}`, someOfTwenty(index), '', port(index)));

/** Selectors against the labels of many objects. */
export const selectorShapes: readonly Shape[] = [
  {
    name: 'workloads alone',
    args: [],
    from: 1000,
    stream: count => workloads(count),
  },
  {
    name: 'policies that select all but one (NotIn) × workloads',
    args: [],
    from: 2000,
    stream: count => workloads(count) + policiesOf(count, index => notIn('app', `d${index}`)),
  },
  {
    name: 'policies of the other direction that select all but one (NotIn) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count) +
      policiesOf(count, index => notIn('app', `d${index}`), ', egress: [{}]', 'Egress'),
  },
  {
    name: 'policies that select none (NotIn) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count, ', tier: web') +
      policiesOf(count, index => `${notIn('tier', 'web', `u${index}`)}, ${isThere('tier')}`),
  },
  {
    name: 'policies that select none (Exists and DoesNotExist) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count, ', tier: web') +
      policiesOf(
        count,
        index => `${isThere('tier', 'DoesNotExist')}, ${isThere(`k${index}`, 'DoesNotExist')}`,
      ),
  },
  {
    name: 'policies by two requirements that each hold of half (NotIn) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      documents(count, index =>
        deployment(
          `d${index}`,
          `app: d${index}, half: "${index % 2}", other: "${1 - (index % 2)}"`,
        ),
      ) +
      policiesOf(
        count,
        index => `${notIn('half', '"1"', `u${index}`)}, ${notIn('other', '"1"', `u${index}`)}`,
      ),
  },
  {
    name: 'policies that may not last (hooks, NotIn) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count) +
      policiesOf(count, index => notIn('app', `d${index}`)).replaceAll(
        /(metadata: \{name: p\d+)\}/g,
        '$1, annotations: {helm.sh/hook: post-install}}',
      ),
  },
  {
    name: 'one policy with all names as values (In) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count) +
      policiesOf(
        1,
        () =>
          `{key: app, operator: In, values: [${Array.from({length: count}, (_, at) => `d${at}`).join(', ')}]}`,
      ),
  },
  {
    name: 'one policy with as many other names as values (NotIn) × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count) +
      policiesOf(1, () => notIn('app', ...Array.from({length: count}, (_, at) => `u${at}`))),
  },
  {
    name: 'policies of Cilium that select all but one × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count) +
      documents(count, index =>
        object(
          'cilium.io/v2',
          'CiliumNetworkPolicy',
          `p${index}`,
          `spec: {endpointSelector: {matchExpressions: [${notIn('app', `d${index}`)}]}, ingress: [{fromEndpoints: [{}]}]}`,
        ),
      ),
  },
  {
    name: 'policies of Calico that select all but one × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count) +
      documents(count, index =>
        object(
          'projectcalico.org/v3',
          'NetworkPolicy',
          `p${index}`,
          `spec: {selector: app != "d${index}", types: [Ingress]}`,
        ),
      ),
  },
  {
    name: 'policies of Calico that select none × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count, ', tier: web') +
      documents(count, index =>
        object(
          'projectcalico.org/v3',
          'NetworkPolicy',
          `p${index}`,
          `spec: {selector: tier != "web" && app != "d${index}", types: [Ingress]}`,
        ),
      ),
  },
  {
    name: 'Jobs of one label',
    args: [],
    from: 2000,
    stream: count =>
      documents(
        count,
        index =>
          `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j${index}}\nspec: {template: {metadata: {labels: {app: job}}, spec: {containers: [{name: c, image: i}]}}}\n`,
      ),
  },
  {
    name: 'policies of a range each that select all × workloads',
    args: [],
    from: 2000,
    stream: count =>
      workloads(count, ', tier: web') +
      documents(count, index =>
        networkPolicy(
          `p${index}`,
          `podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 9.${(index >> 8) & 255}.${index & 255}.0/24}}]}]`,
        ),
      ),
  },
  {
    name: 'one policy of many ranges',
    args: [],
    from: 2000,
    stream: count =>
      workloads(1) +
      networkPolicy(
        'p',
        `podSelector: {}, ingress: [{from: [${Array.from({length: count}, (_, index) => `{ipBlock: {cidr: 9.${(index >> 8) & 255}.${index & 255}.0/24}}`).join(', ')}]}]`,
      ),
  },
  {
    name: 'Services of different selectors and one port × workloads that each selects',
    args: [],
    from: 1000,
    stream: count => shared(count, () => 8080),
  },
  {
    name: 'Services of different selectors and ports × workloads that each selects',
    args: [],
    from: 500,
    stream: count => shared(count, index => 10_000 + index),
  },
  {
    name: 'Services of different selectors × one workload',
    args: [],
    from: 2000,
    stream: count =>
      deployment('d', `shared: x, ${allOfTwenty}`) +
      '---\n' +
      documents(count, index => service(`s${index}`, someOfTwenty(index), '', 10_000 + index)),
  },
  {
    name: 'LoadBalancers of different selectors × one workload',
    args: [],
    from: 2000,
    stream: count =>
      deployment('d', `shared: x, ${allOfTwenty}`) +
      '---\n' +
      documents(count, index =>
        service(`s${index}`, someOfTwenty(index), '', 10_000 + index).replace(
          'spec: {',
          'spec: {type: LoadBalancer, ',
        ),
      ),
  },
  {
    name: 'one Service with many named ports × one workload that has them',
    args: [],
    from: 2000,
    stream: count =>
      `${deployment('d', 'app: d').replace(
        '[{containerPort: 8080}]',
        `[${Array.from({length: count}, (_, at) => `{name: n${at}, containerPort: ${at + 1}}`).join(', ')}]`,
      )}---\n` +
      `apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: d}, ports: [${Array.from({length: count}, (_, at) => `{name: p${at}, port: ${at + 1}, targetPort: n${at}}`).join(', ')}]}\n`,
  },
];
