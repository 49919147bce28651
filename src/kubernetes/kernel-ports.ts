import type {JsonMap} from '../json.ts';

/** Ports that the kernel serves instead of a program, by protocol, each with a description. */
export const kernelPorts = {
  TCP: {2049: 'NFS'},
  UDP: {
    500: 'IPsec',
    1194: 'OpenVPN',
    1701: 'L2TP',
    2049: 'NFS',
    4500: 'IPsec',
    4789: 'VXLAN',
    6081: 'Geneve',
    8472: 'VXLAN',
    51820: 'WireGuard',
  },
} as const;

const names: Readonly<Record<string, Readonly<Record<string, string>>>> = kernelPorts;

/** What the kernel serves on a port of a container; undefined if a program serves it. */
export function kernelProtocolOf({containerPort, protocol = 'TCP'}: JsonMap): string | undefined {
  if (typeof containerPort !== 'number' || typeof protocol !== 'string') return undefined;
  return Object.hasOwn(names, protocol) ? names[protocol]?.[containerPort] : undefined;
}
