/** The evaluator, compared with the examples in the Kubernetes documentation. */
import test from 'ava';
import {Cluster} from './evaluator.ts';

const pods = `
kind: Namespace
metadata: {name: mine, labels: {project: mine}}
---
kind: Namespace
metadata: {name: friend, labels: {project: friend, namespace: frontend}}
---
kind: Pod
metadata: {name: db, namespace: mine, labels: {role: db}}
spec: {containers: [{ports: [{name: sql, containerPort: 5432}, {name: dns, containerPort: 53, protocol: UDP}]}]}
---
kind: Pod
metadata: {name: web, namespace: mine, labels: {role: web}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: guest, namespace: mine, labels: {role: guest}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: ally, namespace: friend, labels: {role: web}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: stranger, namespace: far, labels: {role: guest}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: node, namespace: mine, labels: {role: web}}
spec: {hostNetwork: true, containers: [{}]}
`;

const policy = (spec: string) => `---
kind: NetworkPolicy
metadata: {name: p, namespace: mine}
spec: ${spec}
`;

/** Each line: from, to, port, and whether it is admitted. An end in digits is an address. */
const decides = test.macro((t, specs: readonly string[], expected: string) => {
  const cluster = new Cluster(pods + specs.map(policy).join(''), 'mine');
  const end = (text: string) => (/[.:]/.test(text) ? text : cluster.pod(text));
  for (const line of expected.trim().split('\n')) {
    const [from = '', to = '', port = '', verdict] = line.trim().split(/ +/);
    const [number = '', protocol] = port.split('/');
    const admitted = cluster.admits(end(from), end(to), Number(number), protocol);
    t.is(admitted, verdict === 'yes', line);
  }
});

test(
  'no policy: everything is admitted',
  decides,
  [],
  `web      db  5432 yes
   8.8.8.8  db  5432 yes
   db  8.8.8.8  443  yes`,
);
test(
  'default deny of all ingress traffic',
  decides,
  ['{podSelector: {}, policyTypes: [Ingress]}'],
  `web      db  5432     no
   8.8.8.8  db  5432     no
   db       8.8.8.8 443  yes
   db       stranger 80  yes`,
);
test(
  'allow all ingress traffic, which no other policy takes back',
  decides,
  [
    '{podSelector: {}, ingress: [{}], policyTypes: [Ingress]}',
    '{podSelector: {}, policyTypes: [Ingress]}',
  ],
  `8.8.8.8 db 5432 yes
   stranger db 1   yes`,
);
test(
  'default deny of all egress traffic',
  decides,
  ['{podSelector: {}, policyTypes: [Egress]}'],
  `db  8.8.8.8  443  no
   web db       5432 no
   8.8.8.8 db   5432 yes
   stranger db  5432 yes`,
);
test(
  'allow all egress traffic',
  decides,
  [
    '{podSelector: {}, egress: [{}], policyTypes: [Egress]}',
    '{podSelector: {}, policyTypes: [Egress]}',
  ],
  `db 8.8.8.8 443 yes`,
);
test(
  'default deny of all traffic, both ways',
  decides,
  ['{podSelector: {}, policyTypes: [Ingress, Egress]}'],
  `web db 5432 no
   stranger db 5432 no
   db stranger 80 no`,
);
test(
  'the NetworkPolicy resource: a range less a part, a namespace, pods of one’s own, and egress',
  decides,
  [
    `{podSelector: {matchLabels: {role: db}}, policyTypes: [Ingress, Egress], ingress: [{from: [
      {ipBlock: {cidr: 172.17.0.0/16, except: [172.17.1.0/24]}},
      {namespaceSelector: {matchLabels: {project: friend}}},
      {podSelector: {matchLabels: {role: web}}}], ports: [{protocol: TCP, port: 6379}]}],
      egress: [{to: [{ipBlock: {cidr: 10.0.0.0/24}}], ports: [{protocol: TCP, port: 5978}]}]}`,
  ],
  `172.17.0.9 db 6379 yes
   172.17.1.9 db 6379 no
   172.18.0.1 db 6379 no
   ally       db 6379 yes
   web        db 6379 yes
   guest      db 6379 no
   stranger   db 6379 no
   web        db 6380 no
   web        db 6379/UDP no
   db 10.0.0.7   5978 yes
   db 10.0.1.7   5978 no
   db 10.0.0.7   5979 no`,
);
test(
  'two entries in `from`: the one or the other',
  decides,
  [
    '{podSelector: {matchLabels: {role: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {project: friend}}}, {podSelector: {matchLabels: {role: guest}}}]}]}',
  ],
  `ally  db 1 yes
   guest db 1 yes
   web   db 1 no
   stranger db 1 no`,
);
test(
  'one entry with both selectors: the one and the other',
  decides,
  [
    '{podSelector: {matchLabels: {role: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {project: friend}}, podSelector: {matchLabels: {role: guest}}}]}]}',
  ],
  `ally  db 1 no
   guest db 1 no`,
);
test(
  'a range of ports',
  decides,
  [
    '{podSelector: {matchLabels: {role: db}}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/24}}], ports: [{protocol: TCP, port: 32000, endPort: 32768}]}]}',
  ],
  `db 10.0.0.1 31999 no
   db 10.0.0.1 32000 yes
   db 10.0.0.1 32768 yes
   db 10.0.0.1 32769 no
   web db 80 no`,
);
test(
  'several namespaces by a label, and one by its name',
  decides,
  [
    '{podSelector: {matchLabels: {role: db}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchExpressions: [{key: namespace, operator: In, values: [frontend, backend]}]}}]}]}',
    '{podSelector: {matchLabels: {role: web}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: far}}}]}]}',
  ],
  `db ally     80 yes
   db stranger 80 no
   web stranger 80 yes
   web ally    80 no`,
);
test(
  'named ports mean the server’s',
  decides,
  [
    '{podSelector: {matchLabels: {role: db}}, ingress: [{ports: [{port: sql}, {port: dns, protocol: UDP}]}]}',
  ],
  `web db 5432     yes
   web db 53/UDP   yes
   web db 53       no
   web db 5433     no`,
);
test(
  'policies add up, and both ends have a say',
  decides,
  [
    '{podSelector: {matchLabels: {role: db}}, ingress: [{from: [{podSelector: {matchLabels: {role: web}}}]}]}',
    '{podSelector: {matchLabels: {role: db}}, ingress: [{from: [{podSelector: {matchLabels: {role: guest}}}]}]}',
    '{podSelector: {matchLabels: {role: guest}}, policyTypes: [Egress]}',
  ],
  `web   db 1 yes
   guest db 1 no
   stranger db 1 no`,
);
test(
  'a pod in the network of its node is covered by no policy, and found by no selector',
  decides,
  ['{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}'],
  `8.8.8.8 node 1 yes
   node db 1 no
   web db 1 yes`,
);
test(
  'addresses of version 6',
  decides,
  [
    '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "2001:db8::/32", except: ["2001:db8:1::/48"]}}]}]}',
  ],
  `2001:db8::1   db 1 yes
   2001:db8:1::1 db 1 no
   2001:db9::1   db 1 no
   8.8.8.8       db 1 no`,
);
