import type {ApiClient} from './api-client.ts';
import {until} from './control-plane.ts';

/** Serves the kind ServiceMonitor, which a chart of ours has, without a schema. */
export async function serveServiceMonitors(api: ApiClient): Promise<void> {
  const schema = {type: 'object', 'x-kubernetes-preserve-unknown-fields': true};
  await api.demand('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: 'servicemonitors.monitoring.coreos.com'},
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: {kind: 'ServiceMonitor', plural: 'servicemonitors'},
      versions: [{name: 'v1', served: true, storage: true, schema: {openAPIV3Schema: schema}}],
    },
  });
  await until('ServiceMonitors', () =>
    api.demand('GET', '/apis/monitoring.coreos.com/v1/servicemonitors'),
  );
}
