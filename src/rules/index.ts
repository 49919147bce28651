import {noHostNetwork} from './no-host-network.ts';
import {noHostPort} from './no-host-port.ts';
import {noPrivilegeEscalation} from './no-privilege-escalation.ts';
import {noPrivileged} from './no-privileged.ts';
import {noSysAdmin} from './no-sys-admin.ts';
import {requireNetworkPolicy} from './require-network-policy.ts';
import type {Rule} from './rule.ts';

/** Every rule, in the order in which their rewrites are made. */
export const rules: readonly Rule[] = [
  noHostNetwork,
  noHostPort,
  noPrivileged,
  noSysAdmin,
  noPrivilegeEscalation,
  requireNetworkPolicy,
];

const byId = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of that id, or undefined. */
export const findRule = (id: string): Rule | undefined => byId.get(id);
