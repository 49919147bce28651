import {controlPlaneKeys} from '../../rules/no-control-plane-placement.ts';
import {celList} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

const keys = celList(controlPlaneKeys);
const terms =
  'variables.pod.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([])';

export const noControlPlanePlacement: Check = {
  rule: 'no-control-plane-placement',
  name: 'controlPlane',
  subject: 'pod',
  finds: [
    `variables.pod.?tolerations.orValue([]).exists(t, t.?effect.orValue('') != 'NoExecute' && (t.?key.orValue('') in ${keys} || t.?key.orValue('') == '' && t.?operator.orValue('') == 'Exists'))`,
    `variables.pod.?nodeSelector.orValue({}).exists(k, k in ${keys})`,
    `${terms}.exists(t, t.?matchExpressions.orValue([]).exists(e, e.operator in ['Exists', 'In'] && e.key in ${keys}))`,
  ].join(' || '),
  outcome: 'flagged',
};
