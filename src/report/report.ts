import type {Hardened} from '../harden.ts';
import type {Policy} from '../policy/policy.ts';
import {version} from '../version.ts';

/** All that a formatter may show of one run. */
export type Report = Omit<Hardened, 'text'> & {readonly policy: Policy};

export const tool = {name: 'kube-harden', version} as const;

/** `v1.34`, or `latest`. */
export const podSecurityVersion = ({podSecurityMinor}: Policy): string =>
  Number.isFinite(podSecurityMinor) ? `v1.${podSecurityMinor}` : 'latest';

export const severityCounts = ({findings}: Pick<Report, 'findings'>): string =>
  ['critical', 'high', 'medium', 'low']
    .map(severity => {
      const count = findings.filter(
        finding => finding.status === 'flagged' && finding.severity === severity,
      ).length;
      return count === 0 ? '' : `${count} ${severity}`;
    })
    .filter(text => text !== '')
    .join(', ');
