import fc from 'fast-check';
import type {JsonMap} from '../../src/json.ts';
import {few, folder, mapping, maybe} from './pods.ts';

const words = fc.constantFrom(
  ...[
    '*',
    'get',
    'list',
    'create',
    'patch',
    'bind',
    'escalate',
    'impersonate',
    'approve',
    'delete',
    'GET',
    '',
  ],
);
const resources = fc.constantFrom(
  ...[
    '*',
    '*/*',
    'pods',
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    '*/exec',
    'pods/*',
    'secrets',
    'roles',
    'users',
  ],
  ...[
    'nodes/proxy',
    'serviceaccounts/token',
    'certificatesigningrequests/approval',
    'userextras/scopes',
    'pods/ephemeralcontainers',
    'deployments',
    'jobs',
    'persistentvolumes',
    'namespaces',
    'endpointslices',
    'events',
    'Secrets',
    '',
  ],
);
const groups = fc.constantFrom(
  '',
  '*',
  'rbac.authorization.k8s.io',
  'certificates.k8s.io',
  'apps',
  'batch',
);
const labels = maybe(
  mapping({
    'rbac.authorization.k8s.io/aggregate-to-admin': maybe(fc.constantFrom('true', 'false')),
    'kubernetes.io/bootstrapping': maybe(fc.constantFrom('rbac-defaults')),
  }),
);
const expression = fc.record({
  key: fc.constantFrom(
    'rbac.authorization.k8s.io/aggregate-to-edit',
    'kubernetes.io/bootstrapping',
    'a',
  ),
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: few(fc.constantFrom('true', 'rbac-defaults')),
});

const object = (apiVersion: string, kinds: readonly string[], fields: fc.Arbitrary<JsonMap>) =>
  fc
    .tuple(fc.constantFrom(...kinds), fields)
    .map(([kind, rest]) => ({apiVersion, kind, metadata: {name: 'drawn'}, ...rest}));

const rbac = 'rbac.authorization.k8s.io/v1';
const role = mapping({
  rules: maybe(
    few(
      mapping({
        apiGroups: maybe(few(groups)),
        resources: maybe(few(resources)),
        verbs: few(words),
        resourceNames: maybe(few(fc.constantFrom('one', ''))),
        nonResourceURLs: maybe(few(fc.constantFrom('*', '/metrics', '/*', '/api*'))),
      }),
    ),
  ),
});
const selector = mapping({matchLabels: labels, matchExpressions: maybe(few(expression))});
const aggregated = fc
  .tuple(role, maybe(mapping({clusterRoleSelectors: maybe(few(selector))})))
  .map(([rules, aggregationRule]) =>
    aggregationRule === undefined ? rules : {...rules, aggregationRule},
  );

const binding = mapping({
  roleRef: mapping({
    apiGroup: fc.constant('rbac.authorization.k8s.io'),
    kind: fc.constantFrom('ClusterRole', 'Role'),
    name: fc.constantFrom('cluster-admin', 'admin', 'edit', 'view', 'Cluster-Admin'),
  }),
  subjects: maybe(
    few(
      mapping({
        kind: fc.constantFrom('User', 'Group', 'ServiceAccount'),
        name: fc.constantFrom(
          'system:masters',
          'default',
          'system:authenticated',
          'system:anonymous',
          'alice',
          'cluster-admin',
        ),
        namespace: maybe(fc.constantFrom('shop', 'kube-system')),
      }),
    ),
  ),
});

const service = mapping({
  spec: mapping({
    type: maybe(
      fc.constantFrom('', 'ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', 'nodeport'),
    ),
    externalIPs: maybe(few(fc.constantFrom('192.0.2.1', ''))),
    ports: few(mapping({port: fc.constant(80), nodePort: maybe(fc.constantFrom(0, 30_000))})),
  }),
});

const host = fc.constantFrom(
  '',
  'a.example.com',
  '*.example.com',
  'A.example.com',
  'example.com',
  'b.a.example.com',
  'localhost',
);
const annotation = fc.constantFrom(
  ...[
    'nginx.ingress.kubernetes.io/configuration-snippet',
    'nginx.org/server-snippets',
    'a/server-snippet',
    'kubernetes.io/ingress.class',
  ],
);
const ingress = fc
  .tuple(
    fc.dictionary(annotation, fc.constant('x'), {maxKeys: 2}),
    mapping({
      tls: maybe(few(mapping({hosts: maybe(few(host)), secretName: maybe(fc.constant('s'))}))),
      rules: maybe(few(mapping({host: maybe(host)}))),
    }),
  )
  .map(([annotations, spec]) => ({metadata: {name: 'drawn', annotations}, spec}) as JsonMap);

const volume = mapping({
  spec: mapping({
    capacity: fc.constant({storage: '1Gi'}),
    accessModes: fc.constant(['ReadWriteOnce']),
    hostPath: maybe(mapping({path: maybe(folder)})),
    local: maybe(mapping({path: maybe(folder)})),
  }),
});

/** Objects of the other kinds that a guard checks, with the fields that it looks at. */
export const others: fc.Arbitrary<JsonMap> = fc.oneof(
  object(rbac, ['Role'], role),
  object(rbac, ['ClusterRole'], aggregated),
  object(rbac, ['RoleBinding', 'ClusterRoleBinding'], binding),
  object('v1', ['Service'], service),
  object('v1', ['PersistentVolume'], volume),
  object('networking.k8s.io/v1', ['Ingress'], ingress),
);
