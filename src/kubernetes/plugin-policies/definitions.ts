import {asString, valueAt} from '../../json.ts';
import type {GroupKind, Resource} from '../resource.ts';
import type {StreamIndex} from '../stream-index.ts';

const isDefinition = ({group, kind}: GroupKind): boolean =>
  group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';

/**
 * Whether the text of an object may be the definition of a kind of policies. Its name contains the
 * plural: `ciliumnetworkpolicies.cilium.io`.
 */
export const mayDefinePolicies = (object: GroupKind, text: string): boolean =>
  isDefinition(object) && text.includes('networkpolicies.');

/**
 * The kinds that the stream itself defines, as `keyOfKind` writes them: the cluster did not have
 * them, so it may have nothing that enforces their policies.
 */
export const kindsDefinedIn = (stream: StreamIndex): ReadonlySet<string> =>
  new Set(
    stream
      .ofKind('CustomResourceDefinition')
      .filter(isDefinition)
      .map(definition =>
        keyOfKind({group: textAt(definition, 'group'), kind: textAt(definition, 'names', 'kind')}),
      ),
  );

const textAt = ({value}: Resource, ...path: readonly string[]): string =>
  asString(valueAt(value, ['spec', ...path])) ?? '';

/** Calico serves the kinds that it stores in `crd.projectcalico.org` in another group, too. */
export const keyOfKind = ({group, kind}: GroupKind): string =>
  `${group.replace(/^crd\./, '')}/${kind}`;
