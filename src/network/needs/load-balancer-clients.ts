import {asList, asString, type Json, valueAt} from '../../json.ts';
import {parseRange} from '../../kubernetes/address-range.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {Outside} from './connection.ts';
import {anywhere} from './outside.ts';

/**
 * The clients of a Service: `loadBalancerSourceRanges`, or everyone if there are none. Invalid
 * ranges open nothing.
 */
export function clientsOf(service: Service): Outside {
  const ranges = sourceRangesOf(service);
  if (ranges.length === 0) return anywhere;
  return {peers: ranges.filter(isRange).map(cidr => ({ipBlock: {cidr}}))};
}

/** Whether a Service restricts its clients. */
export const namesClients = (service: Service): boolean => sourceRangesOf(service).length > 0;

const mostShown = 50;

/** The invalid ranges of a load balancer. */
export const unreadRangesOf = (service: Service): readonly string[] =>
  sourceRangesOf(service)
    .filter(range => !isRange(range))
    .map(range => range.slice(0, mostShown));

function sourceRangesOf({resource, type}: Service): readonly string[] {
  if (type !== 'LoadBalancer') return [];
  return asList(valueAt(resource.value, ['spec', 'loadBalancerSourceRanges'])).map(trimmed);
}

/**
 * The API server accepts spaces around a range: see ValidateService in Kubernetes' pkg/apis/core.
 */
const trimmed = (range: Json | undefined): string =>
  asString(range)?.trim() ?? JSON.stringify(range ?? null);

const isRange = (text: string): boolean => parseRange(text) !== undefined;
