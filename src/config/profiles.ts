import type {Mode} from '../policy/policy.ts';
import type {Rule} from '../rules/rule.ts';

/** A named set of rules, with what to do about each. It is data: a profile runs no code. */
export interface Profile {
  readonly title: string;
  /** The ids of its rules. Each rewrites what it can, unless `onlyFlags` says otherwise. */
  readonly rules: 'all' | readonly string[];
  /** The rules among all that it does without. */
  readonly without?: readonly string[];
  /** The rules that rewrite nothing although they could. */
  readonly onlyFlags?: 'all' | readonly string[];
  /**
   * Whether its rewrites wait if the manifest shows that a workload depends on what they take away.
   */
  readonly waits?: true;
}

const baseline = [
  'no-host-process',
  'no-host-network',
  'no-host-pid',
  'no-host-ipc',
  'no-privileged',
  'no-extra-capabilities',
  'no-host-path',
  'no-host-port',
  'no-host-probes',
  'no-unconfined-apparmor',
  'no-custom-selinux',
  'no-unmasked-proc',
  'no-unconfined-seccomp',
  'no-unsafe-sysctls',
  'known-workloads',
  'known-deliveries',
] as const;

const restricted = [
  ...baseline,
  'restricted-volumes',
  'no-privilege-escalation',
  'no-root',
  'no-root-user',
  'require-seccomp',
  'drop-all-capabilities',
  'no-unmasked-proc-in-user-namespace',
] as const;

export const profiles: Readonly<Record<string, Profile>> = {
  audit: {title: 'Flags everything, rewrites nothing', rules: 'all', onlyFlags: 'all'},
  essential: {
    title: 'Rewrites the mistakes that open clusters (the default)',
    waits: true,
    rules: [
      'no-host-network',
      'no-host-port',
      'no-privileged',
      'no-sys-admin',
      'no-privilege-escalation',
      'no-unconfined-apparmor',
      'no-custom-selinux',
      'no-root-group',
      'no-sensitive-host-path',
      'root-with-host-path',
      'no-runtime-socket',
      'no-load-balancer',
      'no-node-port',
      'no-external-ips',
      'no-public-ingress',
      'no-port-forward',
      'no-wildcard-rbac',
      'no-cluster-admin',
      'no-mutating-admission',
      'no-open-network-policy',
      'readable',
      'known-workloads',
      'known-deliveries',
      'require-network-policy',
    ],
    onlyFlags: ['no-runtime-socket', 'no-load-balancer', 'no-node-port', 'no-open-network-policy'],
  },
  baseline: {title: 'The Pod Security Standard "baseline"', rules: baseline},
  restricted: {title: 'The Pod Security Standard "restricted"', rules: restricted},
  strict: {
    title: 'Every rule but those of taste, rewritten where possible',
    rules: 'all',
    without: ['require-high-user'],
  },
};

/** What `profile` does about a rule: `fix` only if the rule has a rewrite. */
export function modeIn(
  {rules, without = [], onlyFlags = []}: Profile,
  {id, rewrite}: ProfiledRule,
): Mode {
  if (!includes(rules, id) || without.includes(id)) return 'off';
  return rewrite === undefined || includes(onlyFlags, id) ? 'flag' : 'fix';
}

type ProfiledRule = Pick<Rule, 'id' | 'rewrite'>;

const includes = (ids: 'all' | readonly string[], id: string): boolean =>
  ids === 'all' || ids.includes(id);

/** The profiles that include a rule, with its mode in each. */
export const profilesOf = (rule: ProfiledRule): Readonly<Record<string, Mode>> =>
  Object.fromEntries(
    Object.entries(profiles)
      .map(([name, profile]) => [name, modeIn(profile, rule)] as const)
      .filter(([, mode]) => mode !== 'off'),
  );
