import type {Mode} from '../policy/policy.ts';

/** A named set of rules with what to do about each. Data: a profile runs no code. */
export interface Profile {
  readonly title: string;
  /** What to do about each rule; one that is absent is off. `all` stands for every rule. */
  readonly rules: Readonly<Record<string, Mode>> | {readonly all: Mode};
  /** Whether its rewrites wait where the manifest shows that a workload depends on what they take. */
  readonly waits?: true;
}

const baseline = {
  'no-host-process': 'fix',
  'no-host-network': 'fix',
  'no-host-pid': 'fix',
  'no-host-ipc': 'fix',
  'no-privileged': 'fix',
  'no-extra-capabilities': 'fix',
  'no-host-path': 'fix',
  'no-host-port': 'fix',
  'no-host-probes': 'fix',
  'no-unconfined-apparmor': 'fix',
  'no-custom-selinux': 'fix',
  'no-unmasked-proc': 'fix',
  'no-unconfined-seccomp': 'fix',
  'no-unsafe-sysctls': 'fix',
  'known-workloads': 'flag',
} as const;

const restricted = {
  ...baseline,
  'restricted-volumes': 'flag',
  'no-privilege-escalation': 'fix',
  'no-root': 'fix',
  'no-root-user': 'fix',
  'require-seccomp': 'fix',
  'drop-all-capabilities': 'fix',
  'no-unmasked-proc-in-user-namespace': 'fix',
} as const;

export const profiles: Readonly<Record<string, Profile>> = {
  audit: {title: 'Flags everything, rewrites nothing', rules: {all: 'flag'}},
  essential: {
    title: 'The mistakes that open clusters, rewritten: the default',
    waits: true,
    rules: {
      'no-host-network': 'fix',
      'no-host-port': 'fix',
      'no-privileged': 'fix',
      'no-sys-admin': 'fix',
      'no-privilege-escalation': 'fix',
      'no-unconfined-apparmor': 'fix',
      'no-custom-selinux': 'fix',
      'no-sensitive-host-path': 'fix',
      'root-with-host-path': 'flag',
      'no-runtime-socket': 'flag',
      'no-load-balancer': 'flag',
      'no-node-port': 'flag',
      'no-external-ips': 'fix',
      'no-public-ingress': 'flag',
      'no-port-forward': 'fix',
      'no-wildcard-rbac': 'flag',
      'no-cluster-admin': 'flag',
      'no-open-network-policy': 'flag',
      readable: 'flag',
      'known-workloads': 'flag',
      'require-network-policy': 'fix',
    },
  },
  baseline: {title: 'The Pod Security Standard "baseline"', rules: baseline},
  restricted: {title: 'The Pod Security Standard "restricted"', rules: restricted},
  strict: {title: 'Everything, rewritten where it can be', rules: {all: 'fix'}},
};

/** What `profile` does about a rule. */
export function modeIn({rules}: Profile, id: string): Mode {
  if ('all' in rules) return rules.all as Mode;
  return (Object.hasOwn(rules, id) ? rules[id] : undefined) ?? 'off';
}

/** The profiles in which a rule is on, each with its mode there. */
export const profilesOf = (id: string): Readonly<Record<string, Mode>> =>
  Object.fromEntries(
    Object.entries(profiles)
      .map(([name, profile]) => [name, modeIn(profile, id)] as const)
      .filter(([, mode]) => mode !== 'off'),
  );
