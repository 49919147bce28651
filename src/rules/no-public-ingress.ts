import {asList, asMap, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {publicKinds} from '../kubernetes/route-kinds.ts';
import {virtualServiceOf} from '../network/needs/virtual-services.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted kinds: Ingress, Gateway API's Gateways and routes, OpenShift's Route, and those of
 * common controllers, unless the policy declares them as `exposed`. A route whose parents are all
 * Services, or a VirtualService without gateways, controls traffic within a mesh, and opens
 * nothing.
 */
export const noPublicIngress: Rule = {
  id: 'no-public-ingress',
  title: 'Public routes must be declared in the policy',
  severity: 'medium',
  isExposure: true,
  remedy:
    'Declare the route under `exposed` in the policy if it is public on purpose; otherwise remove it.',
  rationale:
    'An Ingress or route opens a workload to anyone who can reach the load balancer. Attacks often begin at what was opened by accident.',
  references: {kubescape: ['C-0266'], pci: ['1.3.1', '1.4.2', '1.4.4']},
  kinds: Object.values(publicKinds).flat(),
  *checkResource(resource) {
    const group = resource.group;
    if (!Object.hasOwn(publicKinds, group) || !publicKinds[group]?.includes(resource.kind)) return;
    if (isWithinMesh(resource)) return;
    yield {
      path: ['kind'],
      message: `the ${resource.kind} opens a workload to the outside: if that is intended, declare it under \`exposed\` in the policy`,
    };
  },
};

function isWithinMesh(resource: Resource): boolean {
  const {kind, value} = resource;
  if (kind === 'VirtualService') return virtualServiceOf(resource).gateways.length === 0;
  const parents = asList(valueAt(value, ['spec', 'parentRefs']));
  return parents.length > 0 && parents.every(parent => asMap(parent)?.['kind'] === 'Service');
}
