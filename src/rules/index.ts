import {noHostPort} from './no-host-port.ts';
import type {Rule} from './rule.ts';

/** Every rule, in the order in which their rewrites are made. */
export const rules: readonly Rule[] = [noHostPort];

const byId = new Map(rules.map(rule => [rule.id, rule]));

/** The rule of that id, or undefined. */
export const findRule = (id: string): Rule | undefined => byId.get(id);
