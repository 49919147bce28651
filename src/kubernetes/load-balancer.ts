import {asList, asMap, asString, textOf} from '../json.ts';
import type {Resource} from './resource.ts';

/** Who can reach a load balancer. */
export interface LoadBalancer {
  /** Whether its address is one of the provider's private network, according to an annotation. */
  readonly isInternal: boolean;
  /** The source ranges that it admits; none if it admits everyone. */
  readonly ranges: readonly string[];
}

/**
 * The annotations with which providers make a load balancer internal, with the values that do: AWS, Azure, Google, OpenStack,
 * Oracle, Alibaba, Tencent, Baidu, IBM and DigitalOcean, according to the documentation of their controllers.
 */
const internalBy: Readonly<Record<string, RegExp>> = {
  'service.beta.kubernetes.io/aws-load-balancer-internal': /^(?!false$|$)/,
  'service.beta.kubernetes.io/aws-load-balancer-scheme': /^internal$/,
  'service.beta.kubernetes.io/azure-load-balancer-internal': /^true$/i,
  'networking.gke.io/load-balancer-type': /^internal$/i,
  'cloud.google.com/load-balancer-type': /^internal$/i,
  'service.beta.kubernetes.io/openstack-internal-load-balancer': /^true$/i,
  'service.beta.kubernetes.io/oci-load-balancer-internal': /^true$/i,
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': /^intranet$/i,
  'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid': /./,
  'service.beta.kubernetes.io/cce-load-balancer-internal-vpc': /^true$/i,
  'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': /^private$/i,
  'service.beta.kubernetes.io/do-loadbalancer-network': /^internal$/i,
};

/** The annotation that had the source ranges before there was a field. Kubernetes still reads it if the field is empty. */
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Who can reach the load balancer of a Service. If annotations contradict each other, it counts as public. */
export function loadBalancerOf({value}: Pick<Resource, 'value'>): LoadBalancer {
  const annotations = asMap(asMap(value['metadata'])?.['annotations']) ?? {};
  const said = Object.entries(internalBy).flatMap(([key, pattern]) => {
    const text = asString(annotations[key]);
    return text === undefined ? [] : [pattern.test(text)];
  });
  const listed = asList(asMap(value['spec'])?.['loadBalancerSourceRanges']).map(textOf);
  const ranges =
    listed.length > 0 ? listed : (asString(annotations[rangesAnnotation]) ?? '').split(',');
  return {
    isInternal: said.length > 0 && said.every(Boolean),
    ranges: ranges.map(range => range.trim()).filter(range => range !== ''),
  };
}
