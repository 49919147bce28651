import {remove} from '../edits.ts';
import {asList, asMap} from '../json.ts';
import type {Rule} from './rule.ts';

/** Restricted field: Service `spec.externalIPs`: must be absent or empty (CVE-2020-8554). */
export const noExternalIps: Rule = {
  id: 'no-external-ips',
  title: 'Services must not claim external addresses',
  severity: 'high',
  remedy: 'Remove `externalIPs`, and expose the Service through a load balancer or an Ingress.',
  rationale:
    'A Service with external addresses intercepts the traffic that pods send to those addresses: whoever can create one becomes a man in the middle (CVE-2020-8554).',
  rewrite: {does: 'removes `externalIPs`', disruption: 'likely', effect: 'takes'},
  references: {cis: ['1.2.3']},
  kinds: ['Service'],
  *checkResource({kind, group, value}) {
    if (kind !== 'Service' || group !== '') return;
    const addresses = asList(asMap(value['spec'])?.['externalIPs']).filter(
      item => item !== undefined,
    );
    if (addresses.length === 0) return;
    const path = ['spec', 'externalIPs'];
    const message =
      '`externalIPs` intercepts the traffic that the cluster sends to those addresses (CVE-2020-8554)';
    const texts = addresses.map(address => (typeof address === 'string' ? address : ''));
    yield {path, message, edits: [remove(path)], uses: {externalIPs: texts}};
  },
};
