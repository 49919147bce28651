import {noExternalIps} from './no-external-ips.ts';
import {noHostIpc} from './no-host-ipc.ts';
import {noHostNetwork} from './no-host-network.ts';
import {noHostPid} from './no-host-pid.ts';
import {noHostPort} from './no-host-port.ts';
import {noLoadBalancer} from './no-load-balancer.ts';
import {noNodePort} from './no-node-port.ts';
import {noOpenNetworkPolicy} from './no-open-network-policy.ts';
import {noPortForward} from './no-port-forward.ts';
import {noPrivilegeEscalation} from './no-privilege-escalation.ts';
import {noPrivileged} from './no-privileged.ts';
import {noRuntimeSocket} from './no-runtime-socket.ts';
import {noSensitiveHostPath} from './no-sensitive-host-path.ts';
import {noSysAdmin} from './no-sys-admin.ts';
import {requireNetworkPolicy} from './require-network-policy.ts';
import type {Rule} from './rule.ts';

/** Every rule, in the order in which their rewrites are made. */
export const rules: readonly Rule[] = [
  noHostNetwork,
  noHostPort,
  noHostPid,
  noHostIpc,
  noPrivileged,
  noSysAdmin,
  noPrivilegeEscalation,
  noSensitiveHostPath,
  noRuntimeSocket,
  noLoadBalancer,
  noNodePort,
  noExternalIps,
  noPortForward,
  noOpenNetworkPolicy,
  requireNetworkPolicy,
];

const byId = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of that id, or undefined. */
export const findRule = (id: string): Rule | undefined => byId.get(id);
