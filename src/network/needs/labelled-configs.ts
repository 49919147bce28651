import {asList, asMap, asString, type JsonMap} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {ConfigQuery} from './config-index.ts';

/**
 * The ConfigMaps and Secrets that a sidecar of a pod reads through the API, by their labels: the
 * variables `LABEL`, `LABEL_VALUE`, `RESOURCE` and `NAMESPACE` of kiwigrid/k8s-sidecar. It looks in
 * its own namespace unless it is given others.
 */
export function* configQueriesOf({resource, pod}: Workload): Iterable<ConfigQuery> {
  for (const {value: container} of pod.containers) {
    const {LABEL: key = '', LABEL_VALUE: value = '', RESOURCE, NAMESPACE} = variablesOf(container);
    if (key === '') continue;
    const isEverywhere = NAMESPACE !== undefined || resource.namespace === undefined;
    const query = {
      key,
      ...(value === '' ? {} : {value}),
      ...(isEverywhere ? {} : {namespace: resource.namespace}),
    };
    if (RESOURCE !== 'secret') yield {kind: 'ConfigMap', ...query};
    if (RESOURCE === 'secret' || RESOURCE === 'both') yield {kind: 'Secret', ...query};
  }
}

const variablesOf = (container: JsonMap): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    asList(container['env']).flatMap(item => {
      const variable = asMap(item);
      const [name, text] = [asString(variable?.['name']), asString(variable?.['value'])];
      return name !== undefined && text !== undefined ? [[name, text]] : [];
    }),
  );
