import {resolvePolicy} from '../../src/config/resolve.ts';
import {changesBetween} from '../../src/drift/compare.ts';
import {toLockFile} from '../../src/drift/lock-file.ts';
import type {Posture} from '../../src/drift/posture.ts';
import {postureOf} from '../../src/drift/posture-of.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

/** A small release as Helm renders it; the name and the namespace are those of the release. */
export const release = `---
# Source: web/templates/account.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop-web
  labels: &labels
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: shop
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: web-1.2.3
---
# Source: web/templates/role.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: shop-web
  labels: {app.kubernetes.io/instance: shop, app.kubernetes.io/managed-by: Helm}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list]
---
# Source: web/templates/role.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: shop-web
  labels: {app.kubernetes.io/instance: shop, app.kubernetes.io/managed-by: Helm}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: shop-web}
subjects:
  - {kind: ServiceAccount, name: shop-web, namespace: store}
---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: shop-web
  labels: {app.kubernetes.io/instance: shop, app.kubernetes.io/managed-by: Helm}
spec:
  type: ClusterIP
  selector: {app.kubernetes.io/name: web, app.kubernetes.io/instance: shop}
  ports:
    - {name: http, port: 80, targetPort: http}
---
# Source: web/templates/network-policy.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: shop-web
  labels: {app.kubernetes.io/instance: shop, app.kubernetes.io/managed-by: Helm}
spec:
  podSelector:
    matchLabels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: shop}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {matchLabels: {app.kubernetes.io/name: front, app.kubernetes.io/instance: shop}}
      ports:
        - {protocol: TCP, port: 8080}
---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-web
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: shop
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: web-1.2.3
spec:
  selector:
    matchLabels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: shop}
  template:
    metadata:
      labels: {app.kubernetes.io/name: web, app.kubernetes.io/instance: shop}
    spec:
      serviceAccountName: shop-web
      hostUsers: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: web
          image: registry.example.com/shop/web:1.0@sha256:${'0'.repeat(64)}
          ports:
            - {name: http, containerPort: 8080}
          resources: {limits: {cpu: 100m, memory: 100Mi}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
`;

export const defaultPolicy: Policy = resolvePolicy({});

export const postureIn = (text: string, policy: Policy = defaultPolicy): Posture =>
  postureOf(readStream(text, 'in.yaml'), policy, '2030-01-01');

/** What changed from one text to another: one line each. */
export const changed = (
  before: string,
  after: string,
  policies: readonly [Policy, Policy] = [defaultPolicy, defaultPolicy],
): readonly string[] =>
  changesBetween(postureIn(before, policies[0]), postureIn(after, policies[1])).map(
    ({direction, severity, object, about, text}) =>
      `${direction} ${severity} ${object ?? '-'} ${about}: ${text}`,
  );

export const lockOf = (text: string): string => toLockFile(postureIn(text));

/** `text` with a part replaced. @throws {Error} if it is not there */
export function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`not there: ${part}`);
  return text.replaceAll(part, by);
}
