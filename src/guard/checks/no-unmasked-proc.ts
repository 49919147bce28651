import type {Check} from '../language/check.ts';
import {hasUserNamespace, unlessRelaxed} from './pod-platform.ts';

const isUnmasked = "c.?securityContext.?procMount.orValue('Default') != 'Default'";

const check = {
  subject: 'container',
  outcome: 'rewritten',
} as const satisfies Partial<Check>;

export const noUnmaskedProc: Check = {
  ...check,
  rule: 'no-unmasked-proc',
  name: 'unmaskedProc',
  finds: unlessRelaxed(isUnmasked),
};

export const noUnmaskedProcInUserNamespace: Check = {
  ...check,
  rule: 'no-unmasked-proc-in-user-namespace',
  name: 'unmaskedProcInUserNamespace',
  finds: `${isUnmasked} && ${hasUserNamespace}`,
};
