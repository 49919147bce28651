import {exposedServiceRule} from './exposed-service.ts';

/** Restricted field: Service `spec.type`: must not be LoadBalancer, unless declared. */
export const noLoadBalancer = exposedServiceRule(
  {
    id: 'no-load-balancer',
    title: 'Services must not use a load balancer by accident',
    remedy:
      'Use `type: ClusterIP`, or declare the Service under `exposed` in the policy if it is public on purpose.',
    rationale:
      'A LoadBalancer Service copied from a chart gives an internal service an address that the whole network, often the internet, can reach.',
  },
  'LoadBalancer',
);
