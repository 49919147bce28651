import {asList} from '../json.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import {type ContainerWitness, once} from './witness.ts';

/**
 * Programs that fail without a privilege over the node or the network of the pod, by what they do.
 * Admission policies match each line with one expression, whose length the API server counts: see
 * `privilegedPatterns`.
 */
const privilegedPrograms: readonly (readonly [why: string, programs: string])[] = [
  ['changes the kernel of the node', 'sysctl modprobe insmod rmmod swapon swapoff kexec'],
  [
    'mounts file systems',
    'mount umount losetup fusermount fusermount3 s3fs sshfs ceph-fuse juicefs',
  ],
  ['enters or creates namespaces', 'nsenter unshare chroot bwrap'],
  [
    'changes the network of its pod or node',
    'iptables iptables-legacy iptables-nft iptables-restore ip6tables ebtables arptables ipset nft',
  ],
  [
    'changes the network of its pod or node',
    'tc ipvsadm conntrack bridge brctl ethtool ifconfig keepalived ovs-vsctl dhclient udhcpc',
  ],
  ['creates a tunnel', 'wg wg-quick openvpn tailscaled pppd ipsec charon xl2tpd zerotier-one'],
  [
    'runs containers',
    'dockerd dockerd-entrypoint.sh containerd buildkitd podman buildah runc crio k3s k0s kubelet',
  ],
  [
    'accesses devices',
    'mkfs mkfs.ext4 mkfs.xfs mdadm pvcreate vgcreate lvcreate cryptsetup iscsiadm iscsid multipathd',
  ],
  ['accesses devices', 'parted sgdisk wipefs blkdiscard smartctl nvme hdparm udevadm mknod'],
  ['inspects other processes', 'strace gdb perf bpftool bpftrace tcpdump'],
  ['sets the clock of the node', 'chronyd ntpd hwclock ptp4l phc2sys'],
];

/** Programs that need root, or some of its capabilities. */
const rootPrograms = 'chown chgrp chmod useradd adduser gosu su-exec setpriv';

/** Setuid programs: they work only if privilege escalation is allowed. */
const setUidPrograms = 'sudo su doas newuidmap';

/**
 * Where a command begins: at the start of a text or line, after its folder, after the end of the
 * previous command, or after a word that takes a command. RE2, which admission policies use,
 * matches it as JavaScript does, and no part of it matches twice over the same text.
 */
const commandStart =
  '(?:^|[\\n;&|(){}!/`]|-c ["\']|\\b(?:then|do|else|exec|sudo|env|if|xargs) )[ \\t]*';
const commandEnd = '(?:$|[\\s;&|)<>"\'`])';

const calls = (programs: string): string =>
  `${commandStart}(${programs.replaceAll('.', '[.]').replaceAll(' ', '|')})${commandEnd}`;

/** `ip` is too short a word to mean anything without its object. */
const callsIp = `${commandStart}(ip(?: -[a-z0-9]+)* (?:l|link|a|addr|address|r|ro|route|rule|tunnel|tuntap|netns|neigh))${commandEnd}`;

/** `ip` as an item of an argument vector. */
const ipVector = '^(?:/[A-Za-z0-9_./-]*/)?ip$';

/** Writes to kernel settings, with the shell or `tee`. */
const writesKernel = '(?:>|\\btee )[ "\']*(/(?:proc/sys|sys)/)';

/**
 * A text that matches one of these shows a need. They are valid in JavaScript and RE2. The API
 * server counts the length of a text times that of the expression, so each must be short.
 */
export const privilegedPatterns: readonly string[] = [
  ...privilegedPrograms.map(([, programs]) => calls(programs)),
  callsIp,
  writesKernel,
  ipVector,
];
export const rootPattern = calls(rootPrograms);
export const setUidPattern = calls(setUidPrograms);

const matchers = (): readonly {readonly pattern: RegExp; readonly why: string}[] => [
  ...privilegedPrograms.map(([why, programs]) => ({
    pattern: new RegExp(calls(programs)),
    why,
  })),
  {pattern: new RegExp(callsIp), why: 'changes the network of its pod or node'},
];
/** Most texts call none of them, and one look is enough to tell. */
const anyProgram = new RegExp(calls(privilegedPrograms.map(([, programs]) => programs).join(' ')));
const ipProgram = new RegExp(callsIp);
const kernelWrite = new RegExp(writesKernel);
const ipItself = new RegExp(ipVector);

/** Why a shell script, or an item of an argument vector, needs privileges. */
export function privilegedUse(text: string): string | undefined {
  if (anyProgram.test(text) || ipProgram.test(text)) {
    for (const {pattern, why} of matchers()) {
      const program = pattern.exec(text)?.[1];
      if (program !== undefined) return `runs \`${program}\`, which ${why}`;
    }
  }
  const [, folder] = kernelWrite.exec(text) ?? [];
  return folder === undefined ? undefined : `writes to \`${folder}\`, which holds kernel settings`;
}

/** The texts of a container's `command` and `args`. */
export const commandTexts = ({value}: Container): readonly string[] =>
  [...asList(value['command']), ...asList(value['args'])].filter(text => typeof text === 'string');

/** The command of the container runs something that needs privileges. */
export const runsPrivileged: ContainerWitness = container => {
  const use = privilegedUseOf(container);
  return use === undefined ? undefined : `container "${container.name}" ${use}`;
};

const privilegedUseOf = once((container: Container) => {
  const texts = commandTexts(container);
  if (texts.some(text => ipItself.test(text))) {
    return 'runs `ip`, which changes the network of its pod or node';
  }
  for (const text of texts) {
    const use = privilegedUse(text);
    if (use !== undefined) return use;
  }
  return undefined;
});

function runs(pattern: string, why: string): ContainerWitness {
  const expression = new RegExp(pattern);
  return container => {
    for (const text of commandTexts(container)) {
      const program = expression.exec(text)?.[1];
      if (program !== undefined) return `container "${container.name}" runs \`${program}\`, ${why}`;
    }
    return undefined;
  };
}

export const changesOwners = runs(rootPattern, 'which needs root or its capabilities');
export const gainsRoot = runs(setUidPattern, 'a setuid program, to become root');
