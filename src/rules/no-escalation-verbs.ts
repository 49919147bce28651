import {policyResources} from '../kubernetes/admission-rules.ts';
import {roleKinds} from '../kubernetes/rbac.ts';
import {grantedIn, type RiskyRight, resourcesOf} from './risky-rights.ts';
import type {Rule} from './rule.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const admissionGroup = 'admissionregistration.k8s.io';
const writes = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** "RBAC good practices" of the Kubernetes documentation, and CIS 5.1.8 to 5.1.13. */
export const escalations: readonly RiskyRight[] = [
  {
    groups: [rbacGroup],
    resources: ['roles', 'clusterroles'],
    verbs: ['bind'],
    gain: 'can bind roles with rights that it does not have itself',
    ifNamed: 'medium',
  },
  {
    groups: [rbacGroup],
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate'],
    gain: 'can add rights to a role that it does not have itself',
    ifNamed: 'high',
  },
  {
    groups: ['', 'authentication.k8s.io'],
    resources: ['users', 'groups', 'uids', 'userextras'],
    verbs: ['impersonate'],
    gain: 'can act as any user',
    ifNamed: 'medium',
    isClusterScoped: true,
  },
  {
    groups: [''],
    resources: ['serviceaccounts'],
    verbs: ['impersonate'],
    gain: 'can act as another account',
    ifNamed: 'medium',
  },
  {
    groups: [''],
    resources: ['nodes/proxy'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    gain: 'can control the kubelet, bypassing admission and audit of the API server',
    ifNamed: 'high',
    isClusterScoped: true,
  },
  {
    groups: [''],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    gain: 'can create tokens for other accounts',
  },
  {
    groups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch'],
    gain: 'can approve certificates for any user',
    isClusterScoped: true,
  },
  {
    groups: ['certificates.k8s.io'],
    resources: ['signers'],
    verbs: ['sign'],
    gain: 'can sign certificates for any user',
    isClusterScoped: true,
  },
  {
    groups: [admissionGroup],
    resources: [
      'validatingwebhookconfigurations',
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
    ],
    verbs: writes,
    gain: 'can read and change what everyone sends to the API server',
    isClusterScoped: true,
  },
  {
    groups: [''],
    resources: ['pods/ephemeralcontainers'],
    verbs: ['update', 'patch'],
    gain: 'can start a container in any pod, with access to its files and processes',
    ifNamed: 'medium',
  },
  {
    groups: ['apiregistration.k8s.io'],
    resources: ['apiservices'],
    verbs: ['create', 'update', 'patch'],
    gain: 'can answer for the API server, and change any object',
    severity: 'medium',
    isClusterScoped: true,
  },
  {
    groups: Object.keys(policyResources),
    resources: [...new Set(Object.values(policyResources).flat())],
    verbs: writes,
    what: 'network policies',
    gain: 'can open what they close',
    severity: 'medium',
    ifNamed: 'medium',
  },
  {
    groups: [''],
    resources: ['namespaces'],
    verbs: ['update', 'patch'],
    gain: 'can remove the Pod Security labels of a namespace',
    severity: 'medium',
    isClusterScoped: true,
  },
  {
    groups: [''],
    resources: ['services/status'],
    verbs: ['update', 'patch'],
    gain: 'can redirect the traffic to any address to itself (CVE-2020-8554)',
    severity: 'medium',
  },
  {
    groups: [''],
    resources: ['pods/status'],
    verbs: ['update', 'patch'],
    gain: 'can change the labels of any pod: take it out of its network policies, or put it behind a Service',
    severity: 'low',
  },
  {
    groups: ['', 'discovery.k8s.io'],
    resources: ['endpoints', 'endpointslices'],
    verbs: ['create', 'update', 'patch'],
    gain: 'can lead ingress controllers to pods of other namespaces (CVE-2021-25740)',
    severity: 'low',
  },
  {
    groups: ['', 'events.k8s.io'],
    resources: ['events'],
    verbs: ['delete', 'deletecollection'],
    gain: 'can remove the traces of what it does',
    severity: 'low',
  },
  {
    groups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    verbs: writes,
    gain: 'can change or delete kinds that others rely on, with all their objects',
    isClusterScoped: true,
  },
];

/**
 * Restricted grants, in the `rules` of Roles and ClusterRoles: those of the table above. Some are
 * harmless if `resourceNames` limits them, for example to the webhook or account of the chart.
 * `approve` on signers alone approves nothing: it needs `certificatesigningrequests/approval`,
 * which is in the table.
 */
export const noEscalationVerbs: Rule = {
  id: 'no-escalation-verbs',
  title: 'Roles must not grant the means to gain more rights',
  severity: 'high',
  remedy:
    'Remove the right from the role, or use `resourceNames` to limit it to the objects that are needed.',
  rationale:
    'Each of these rights leads to all others: an attacker who takes over the account can become cluster administrator.',
  references: {
    cis: ['5.1.8', '5.1.10', '5.1.11', '5.1.12', '5.1.13'],
    nsa: 'Authentication and authorization',
  },
  kinds: roleKinds,
  *checkResource(resource) {
    for (const {right, grant, verbAt, verb, severity} of grantedIn(resource, escalations)) {
      yield {
        path: [...grant.path, 'verbs', verbAt],
        // One verb may contain two escalations: the message distinguishes them.
        message: `"${verb}" on ${resourcesOf(right)}: the account ${right.gain}`,
        ...(severity === undefined ? {} : {severity}),
      };
    }
  },
};
