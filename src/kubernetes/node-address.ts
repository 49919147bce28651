import {asList, asMap, valueAt} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';

const fields = ['status.hostIP', 'status.hostIPs'];

/** Whether a container of a pod reads the address of its node. */
export const readsNodeAddress = ({containers}: PodSpec): boolean =>
  containers.some(({value}) =>
    asList(value['env']).some(item => {
      const field = valueAt(asMap(item), ['valueFrom', 'fieldRef', 'fieldPath']);
      return typeof field === 'string' && fields.includes(field);
    }),
  );
