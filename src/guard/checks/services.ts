import {adminPorts, sshPort} from '../../rules/no-admin-ports.ts';
import {internalName} from '../../rules/no-internal-external-name.ts';
import {celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

export const noInternalExternalName: Check = {
  rule: 'no-internal-external-name',
  name: 'internalNames',
  subject: 'service',
  finds: `object.spec.?type.orValue('') == 'ExternalName' && object.spec.?externalName.orValue('').matches(${celString(internalName)})`,
  outcome: 'flagged',
};

const ports = `[${Object.keys(adminPorts).join(', ')}]`;

export const noAdminServicePorts: Check = {
  rule: 'no-admin-ports',
  name: 'adminPorts',
  subject: 'service',
  finds: `object.spec.?ports.orValue([]).exists(p, p.port in ${ports} || p.?targetPort.orValue(0) in ${ports})`,
  outcome: 'flagged',
};

export const noSshInside: Check = {
  rule: 'no-admin-ports',
  name: 'sshInside',
  subject: 'container',
  finds: `c.?ports.orValue([]).exists(p, p.containerPort == ${sshPort})`,
  outcome: 'flagged',
};
