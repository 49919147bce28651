import {asMap, type JsonMap, type Path} from '../json.ts';
import type {PodSpec} from './pod-spec.ts';

const none: readonly Path[] = [];

/** The fields with which the pod or its containers become processes of a Windows node. */
export function hostProcessFieldsOf({value, path, containers}: PodSpec): readonly Path[] {
  let found: Path[] | undefined;
  for (const holder of [{value, path}, ...containers]) {
    if (!isHostProcess(holder.value)) continue;
    found ??= [];
    found.push([...holder.path, 'securityContext', 'windowsOptions', 'hostProcess']);
  }
  return found ?? none;
}

const isHostProcess = (holder: JsonMap): boolean =>
  asMap(asMap(holder['securityContext'])?.['windowsOptions'])?.['hostProcess'] === true;
