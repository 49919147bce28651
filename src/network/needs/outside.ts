import {asString, isList, type Json, type JsonMap, valueAt} from '../../json.ts';
import {parseRange} from '../../kubernetes/address-range.ts';
import {publicOf} from '../../kubernetes/open-ranges.ts';
import type {OutsidePeer} from '../../policy/network-policy.ts';
import type {Outside} from './connection.ts';

/** The label that the API server gives each namespace. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** The NetworkPolicyPeers for settings of a policy. */
export const outside = (settings: readonly OutsidePeer[], name?: string): Outside => ({
  ...(name === undefined ? {} : {name}),
  peers: settings.flatMap(policyPeersOf),
});

/** Everywhere: other pods, nodes, and external addresses. */
export const anywhere: Outside = {
  name: 'anywhere',
  peers: [{ipBlock: {cidr: '0.0.0.0/0'}}, {ipBlock: {cidr: '::/0'}}],
};

/** The pods of every namespace, and nothing from outside the cluster. */
export const wholeCluster: Outside = {peers: [{namespaceSelector: {}}]};

/** The peers that are ranges of addresses. */
export const rangesAsPeers = (ranges: readonly string[]): readonly JsonMap[] =>
  ranges.map(cidr => ({ipBlock: {cidr}}));

function policyPeersOf({pods, namespaces, cidrs, except}: OutsidePeer): readonly JsonMap[] {
  if (cidrs !== undefined) {
    return cidrs.map(cidr => ({ipBlock: {cidr, ...(except === undefined ? {} : {except})}}));
  }
  return [
    {
      ...(namespaces === undefined ? {} : {namespaceSelector: namespaceSelectorOf(namespaces)}),
      ...(pods === undefined ? {} : {podSelector: pods}),
    },
  ];
}

const namespaceSelectorOf = (namespaces: JsonMap | readonly string[]): JsonMap =>
  isList(namespaces as Json)
    ? namespacesNamed(namespaces as readonly string[])
    : (namespaces as JsonMap);

/** The selector of namespaces by their names. */
export const namespacesNamed = (names: readonly string[]): JsonMap =>
  names.length === 1
    ? {matchLabels: {[namespaceNameLabel]: names[0] as string}}
    : {matchExpressions: [{key: namespaceNameLabel, operator: 'In', values: names}]};

/** The ranges of addresses among the peers. */
export const rangesOf = ({peers}: Outside): readonly string[] =>
  peers
    .map(peer => asString(valueAt(peer, ['ipBlock', 'cidr'])))
    .filter(each => each !== undefined);

/** Whether a range contains an address outside private networks; true for an invalid range. */
export const isBeyondPrivate = (cidr: string): boolean =>
  parseRange(cidr) === undefined || !publicOf([cidr]).isEmpty;
