import {exposedServiceRule} from './exposed-service.ts';

/** Restricted field: Service `spec.type`: must not be NodePort, unless declared. */
export const noNodePort = exposedServiceRule(
  {
    id: 'no-node-port',
    title: 'Services must not use node ports by accident',
    remedy:
      'Use `type: ClusterIP`, or declare the Service under `exposed` in the policy if it is public on purpose.',
    rationale:
      'A NodePort opens the service on every address of every node, bypassing the rules of load balancers and Ingresses.',
  },
  'NodePort',
);
