import {asString, valueAt} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * Matches names and addresses that lead back into the node, the cloud or the cluster: `localhost`,
 * addresses of loopback and link-local ranges (metadata services), and names of Services.
 */
export const internalName =
  '(?i)^(localhost|.*[.]localhost|ip6-localhost|127[.].*|0[.]0[.]0[.]0|::1?|\\[.*|169[.]254[.].*|fe80:.*|fd00:ec2::254|metadata([.]google[.]internal)?|instance-data([.]ec2[.]internal)?|.*[.](svc|cluster[.]local))[.]?$';

const pattern = new RegExp(internalName.replace('(?i)', ''), 'i');

/**
 * Restricted field: Service `spec.externalName` of the type `ExternalName`: must not be `localhost`,
 * an address of loopback or of a metadata service, nor the name of a Service in the cluster.
 */
export const noInternalExternalName: Rule = {
  id: 'no-internal-external-name',
  title: 'Services must not be names for internal addresses',
  severity: 'medium',
  remedy: 'Remove the Service, or name a host outside of the cluster in `externalName`.',
  rationale:
    'An ingress controller that follows the name calls itself, the metadata service of the cloud, or a Service in another namespace, on behalf of whoever sends it a request.',
  references: {},
  kinds: ['Service'],
  *checkResource({kind, group, value}) {
    if (kind !== 'Service' || group !== '') return;
    if (valueAt(value, ['spec', 'type']) !== 'ExternalName') return;
    const path = ['spec', 'externalName'];
    const name = asString(valueAt(value, path)) ?? '';
    if (!pattern.test(name)) return;
    const message = `"${name}" leads back into the node, the cloud or the cluster: an ingress controller that follows the name calls what its clients must not reach`;
    yield {path, message};
  },
};
