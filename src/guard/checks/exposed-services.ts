import type {Check} from '../language/check.ts';

export const noLoadBalancer = serviceTypeCheck('no-load-balancer', 'LoadBalancer');
export const noNodePort = serviceTypeCheck('no-node-port', 'NodePort');

export const noExternalIps: Check = {
  rule: 'no-external-ips',
  name: 'externalIPs',
  subject: 'service',
  finds: 'object.spec.?externalIPs.orValue([]).size() > 0',
  outcome: 'rewritten',
};

function serviceTypeCheck(rule: string, type: string): Check {
  return {
    rule,
    name: `is${type}`,
    subject: 'service',
    finds: `object.spec.?type.orValue('') == '${type}'`,
    outcome: 'rewritten',
  };
}
