import {remove} from '../edits.ts';
import {asMap, isList} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * The sysctls that affect only the pod, with the minor version from which the standard allows each.
 */
const safeFrom: ReadonlyMap<string, number> = new Map([
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
  ['net.ipv4.tcp_slow_start_after_idle', 37],
  ['net.ipv4.tcp_notsent_lowat', 37],
]);

/** The sysctls that the Pod Security Standards of v1.`minor` allow. */
export const safeSysctlsAt = (minor: number): readonly string[] =>
  [...safeFrom].filter(([, since]) => minor >= since).map(([name]) => name);

/**
 * Restricted fields: pod `spec.securityContext.sysctls[*].name`: must be one of the safe sysctls of
 * the version; `value` must not contain `+`, with which CRI-O sets any other one (CVE-2022-0811).
 */
export const noUnsafeSysctls: Rule = {
  id: 'no-unsafe-sysctls',
  title: 'Pods must not set unsafe sysctls',
  severity: 'high',
  remedy: 'Remove the sysctls that are not on Kubernetes’ list of safe ones.',
  rationale:
    'An unsafe sysctl changes the kernel of the node for every pod on it, and can switch its defences off.',
  rewrite: {does: 'removes the entries', disruption: 'possible', effect: 'takes'},
  references: {podSecurity: {level: 'baseline', control: 'Sysctls'}, nist: ['CM-3', 'CM-7']},
  *checkPod({value, path}, {policy}) {
    const sysctls = asMap(value['securityContext'])?.['sysctls'];
    if (!isList(sysctls)) return;
    for (const [index, item] of sysctls.entries()) {
      const {name, value: text} = asMap(item) ?? {};
      if (typeof name !== 'string') continue;
      if (typeof text === 'string' && text.includes('+')) {
        const entry = [...path, 'securityContext', 'sysctls', index];
        yield {
          path: entry,
          severity: 'critical',
          message: `the value of the sysctl "${name}" contains \`+\`: CRI-O without the fix sets any other sysctl of the node by it, and runs programs on the node (CVE-2022-0811)`,
          edits: [remove(entry)],
        };
        continue;
      }
      if (policy.podSecurityMinor >= (safeFrom.get(name) ?? Number.NaN)) continue;
      const entry = [...path, 'securityContext', 'sysctls', index];
      yield {
        path: entry,
        message: `the sysctl "${name}" is not on the list of safe sysctls: it changes the kernel of the node for other pods as well`,
        edits: [remove(entry)],
      };
    }
  },
};
