import {asMap, valueAt} from '../json.ts';
import type {Witness} from './witness.ts';

/**
 * Linkerd's injector copies the capabilities of the first container to those that it adds: its init
 * container needs NET_ADMIN and NET_RAW to set up the network of the pod.
 * https://github.com/linkerd/linkerd2/blob/main/pkg/inject/inject.go
 */
export const isMeshed: Witness = ({pod}) => {
  const mode = valueAt(asMap(pod.metadata?.['annotations']), ['linkerd.io/inject']);
  return mode === 'enabled' || mode === 'ingress'
    ? "Linkerd's injector copies the capabilities of the first container to those it adds: its init container needs NET_ADMIN and NET_RAW"
    : undefined;
};
