import {type AdmissionPolicy, notExcluded} from './objects.ts';

/** The subresources to connect to, which open a way into a pod without leaving a manifest. */
const connections = ['port-forward', 'exec', 'attach', 'proxy'] as const;
export type Connection = (typeof connections)[number];

const ways: Readonly<Record<Connection, {resources: readonly string[]; instead: string}>> = {
  'port-forward': {
    resources: ['pods/portforward'],
    instead:
      'port-forward bypasses Services and network policies: use the Service or Ingress of the workload, or run the client in the cluster',
  },
  exec: {
    resources: ['pods/exec'],
    instead:
      'exec runs commands that no manifest shows: use `kubectl logs`, or change the image or the manifest',
  },
  attach: {
    resources: ['pods/attach'],
    instead: 'attach takes over the terminal of a process: use `kubectl logs`',
  },
  proxy: {
    resources: ['pods/proxy', 'services/proxy', 'nodes/proxy'],
    instead:
      'the API server proxy bypasses network policies: use the Service or Ingress of the workload',
  },
};

export interface ConnectionChoices {
  readonly connections: readonly Connection[];
  readonly excludedNamespaces: readonly string[];
  readonly excludedGroups: readonly string[];
  /** What the message says to do instead, if not our default advice. */
  readonly instead?: string;
}

/** A policy for each denied connection. */
export const connectionPolicies = (choices: ConnectionChoices): readonly AdmissionPolicy[] =>
  connections
    .filter(connection => choices.connections.includes(connection))
    .map(connection => connectionPolicy(connection, choices));

function connectionPolicy(
  connection: Connection,
  {excludedGroups, excludedNamespaces, instead}: ConnectionChoices,
): AdmissionPolicy {
  const {resources, instead: ours} = ways[connection];
  const advice = instead === undefined ? ours : `${connection} is not allowed here: ${instead}`;
  return {
    name: `kube-harden-${connection}`,
    outcome: 'connection',
    rules: [{apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources}],
    matchConditions: notExcluded(excludedGroups),
    variables: [],
    validations: [
      {
        expression: 'false',
        message: `${advice}${whereAllowed(excludedNamespaces, excludedGroups)}`,
        reason: 'Forbidden',
      },
    ],
  };
}

function whereAllowed(namespaces: readonly string[], groups: readonly string[]): string {
  const parts = [
    ...(namespaces.length === 0 ? [] : [`in the namespaces ${namespaces.join(', ')}`]),
    ...(groups.length === 0 ? [] : [`to the groups ${groups.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : ` (allowed ${parts.join(' and ')})`;
}
