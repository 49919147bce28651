import {testWithTools} from '../tools/with-tools.ts';
import {chart, deployment, type Files, proven, told} from './charts.ts';

const withHelm = testWithTools('helm3');

/** What a chart gets wrong, what it is judged by, and what is told. */
interface Case {
  readonly files: Files;
  readonly rules: readonly string[];
  readonly given?: string;
  readonly told: readonly string[];
  readonly values: object;
}

const escalation = 'no-privilege-escalation';
const app = (value: string) => `${escalation} app: ${value}`;

const context = (name: string) => `securityContext: {{- toYaml .Values.${name} | nindent 12 }}`;
const podContext = (name: string) => `securityContext: {{- toYaml .Values.${name} | nindent 8 }}`;

const cases: Readonly<Record<string, Case>> = {
  'the contexts of pod and container': {
    files: chart(
      'podSecurityContext: {}\nsecurityContext: {}\n',
      deployment(podContext('podSecurityContext'), context('securityContext')),
    ),
    rules: [escalation, 'no-root', 'require-seccomp', 'drop-all-capabilities'],
    told: [
      `drop-all-capabilities app: proven --set-json 'securityContext.capabilities.drop=["ALL"]'`,
      app('proven --set securityContext.allowPrivilegeEscalation=false'),
      'no-root app: proven --set securityContext.runAsNonRoot=true',
      'require-seccomp: proven --set podSecurityContext.seccompProfile.type=RuntimeDefault',
    ],
    values: {
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: {drop: ['ALL']},
        runAsNonRoot: true,
      },
      podSecurityContext: {seccompProfile: {type: 'RuntimeDefault'}},
    },
  },
  'a key that only the template names': {
    files: chart(
      'image: {}\n',
      deployment(
        '',
        '{{- with .Values.hardening }}\nsecurityContext: {{- toYaml . | nindent 12 }}\n{{- end }}',
      ),
      {
        'templates/note.yaml': '',
      },
    ),
    rules: [escalation],
    told: [app('none')],
    values: {},
  },
  'a key that only the template names, after the field of the output': {
    files: chart(
      'image: {}\n',
      deployment(
        '',
        '{{- if .Values.hardening }}\nsecurityContext:\n  {{- toYaml .Values.hardening | nindent 12 }}\n{{- end }}',
      ),
    ),
    rules: [escalation],
    told: [app('proven --set hardening.allowPrivilegeEscalation=false')],
    values: {hardening: {allowPrivilegeEscalation: false}},
  },
  'a context that a sibling switches on': {
    files: chart(
      'securityContext: {enabled: false, runAsUser: 1000}\n',
      deployment(
        '',
        '{{- if .Values.securityContext.enabled }}\nsecurityContext: {{- omit .Values.securityContext "enabled" | toYaml | nindent 12 }}\n{{- end }}',
      ),
    ),
    rules: [escalation],
    told: [
      app(
        'proven --set securityContext.enabled=true --set securityContext.allowPrivilegeEscalation=false',
      ),
    ],
    values: {securityContext: {enabled: true, allowPrivilegeEscalation: false}},
  },
  'a default of the template that any value drops': {
    files: chart(
      'securityContext: {}\n',
      deployment(
        '',
        'securityContext: {{- .Values.securityContext | default (dict "runAsNonRoot" true "runAsUser" 1000) | toYaml | nindent 12 }}',
      ),
    ),
    rules: [escalation, 'no-root'],
    told: [
      app(
        'proven --set securityContext.runAsNonRoot=true --set securityContext.runAsUser=1000 --set securityContext.allowPrivilegeEscalation=false',
      ),
    ],
    values: {
      securityContext: {runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false},
    },
  },
  'a null of the user, over which the values are merged again': {
    files: chart(
      'securityContext: {runAsNonRoot: true}\n',
      deployment(
        '',
        'securityContext: {{- .Values.securityContext | default (dict "runAsNonRoot" true) | toYaml | nindent 12 }}',
      ),
    ),
    given: 'securityContext: null\n',
    rules: [escalation, 'no-root'],
    told: [app('proven --set securityContext.allowPrivilegeEscalation=false')],
    values: {securityContext: {allowPrivilegeEscalation: false}},
  },
  'capabilities that are added beside those that are dropped': {
    files: chart(
      'securityContext: {capabilities: {add: [SYS_TIME]}}\n',
      deployment('', context('securityContext')),
    ),
    rules: ['drop-all-capabilities'],
    told: [
      `drop-all-capabilities app: proven --set-json 'securityContext.capabilities.add=[]' --set-json 'securityContext.capabilities.drop=["ALL"]'`,
    ],
    values: {securityContext: {capabilities: {add: [], drop: ['ALL']}}},
  },
  'a container of a list in the values': {
    files: chart(
      'securityContext: {allowPrivilegeEscalation: false}\nsidecars: [{name: log, image: example.com/log:1}, {name: mesh, image: example.com/mesh:1, securityContext: {allowPrivilegeEscalation: false}}]\n',
      deployment(
        '',
        context('securityContext'),
        '        {{- toYaml .Values.sidecars | nindent 8 }}\n',
      ),
    ),
    rules: [escalation],
    told: [
      `${escalation} log: proven --set-json 'sidecars=[{"name":"log","image":"example.com/log:1","securityContext":{"allowPrivilegeEscalation":false}},{"name":"mesh","image":"example.com/mesh:1","securityContext":{"allowPrivilegeEscalation":false}}]'`,
    ],
    values: {
      sidecars: [
        {
          name: 'log',
          image: 'example.com/log:1',
          securityContext: {allowPrivilegeEscalation: false},
        },
        {
          name: 'mesh',
          image: 'example.com/mesh:1',
          securityContext: {allowPrivilegeEscalation: false},
        },
      ],
    },
  },
  'a subchart under another name': {
    files: {
      'Chart.yaml':
        'apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0, alias: front}]\n',
      ...Object.fromEntries(
        Object.entries(
          chart('securityContext: {}\n', deployment('', context('securityContext'))),
        ).map(([file, text]) => [`charts/web/${file}`, text]),
      ),
    },
    rules: [escalation],
    told: [app('proven --set front.securityContext.allowPrivilegeEscalation=false')],
    values: {front: {securityContext: {allowPrivilegeEscalation: false}}},
  },
  'a schema that allows no other keys': {
    files: chart('securityContext: {}\n', deployment('', context('securityContext')), {
      'values.schema.json': JSON.stringify({
        type: 'object',
        additionalProperties: false,
        properties: {
          securityContext: {
            type: 'object',
            additionalProperties: false,
            properties: {allowPrivilegeEscalation: {type: 'boolean'}},
          },
        },
      }),
    }),
    rules: [escalation, 'no-root'],
    told: [app('proven --set securityContext.allowPrivilegeEscalation=false'), 'no-root app: none'],
    values: {securityContext: {allowPrivilegeEscalation: false}},
  },
  'one mapping for the pod and its container': {
    files: chart(
      'securityContext: {}\n',
      deployment(podContext('securityContext'), context('securityContext')),
    ),
    rules: [escalation, 'no-root'],
    told: [app('none'), 'no-root app: proven --set securityContext.runAsNonRoot=true'],
    values: {securityContext: {runAsNonRoot: true}},
  },
  'a value that also changes a container without the finding': {
    files: chart(
      'hardened: {}\n',
      deployment(
        '',
        'securityContext: {{- toYaml .Values.hardened | nindent 12 }}',
        `        - name: other
          image: example.com/other:1
          securityContext: {{- merge (dict "allowPrivilegeEscalation" false) .Values.hardened | toYaml | nindent 12 }}
          env: [{name: MODE, value: {{ .Values.hardened.allowPrivilegeEscalation | quote }}}]
`,
      ),
    ),
    rules: [escalation],
    told: [app('wider --set hardened.allowPrivilegeEscalation=false')],
    values: {},
  },
  'rights that only go with all others': {
    files: chart(
      'rbac: {create: true}\n',
      '{{- if .Values.rbac.create }}\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: web}\nrules: [{apiGroups: [""], resources: ["*"], verbs: [get]}]\n{{- end }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n',
    ),
    rules: ['no-wildcard-rbac'],
    told: ['no-wildcard-rbac: removes --set rbac.create=false'],
    values: {},
  },
  'names, passwords and times that are new each time': {
    files: chart(
      'securityContext: {}\n',
      deployment(
        '',
        `${context('securityContext')}\nenv: [{name: TIME, value: {{ now | date "15:04:05" | quote }}}]`,
        '---\napiVersion: v1\nkind: Secret\nmetadata: {name: web-{{ randAlphaNum 5 | lower }}}\nstringData: {password: {{ randAlphaNum 20 }}}\n',
      ),
    ),
    rules: [escalation],
    told: [app('proven --set securityContext.allowPrivilegeEscalation=false')],
    values: {securityContext: {allowPrivilegeEscalation: false}},
  },
  'a template that fails with odd values': {
    files: chart(
      'securityContext: {}\nhostNetwork: false\npodResources: {}\n',
      deployment(
        'hostNetwork: {{ if not (kindIs "bool" .Values.hostNetwork) }}{{ fail "no bool" }}{{ end }}{{ .Values.hostNetwork }}',
        `${context('securityContext')}\n{{- range $name, $value := .Values.podResources }}\nworkingDir: {{ $value.path }}\n{{- end }}`,
      ),
    ),
    rules: [escalation, 'no-host-network'],
    told: [app('proven --set securityContext.allowPrivilegeEscalation=false')],
    values: {securityContext: {allowPrivilegeEscalation: false}},
  },
  'a name of the prototype, and keys that need escapes': {
    files: chart(
      '__proto__: {securityContext: {}}\nconstructor: {securityContext: {}}\n"a.b,c=[d]": {securityContext: {}}\n"e\\u0007": {securityContext: {}}\n',
      deployment(
        '',
        'securityContext: {{- toYaml (index .Values "a.b,c=[d]").securityContext | nindent 12 }}',
        `        - name: bell
          image: example.com/bell:1
          securityContext: {{- toYaml (index .Values "e\\u0007").securityContext | nindent 12 }}
        - name: proto
          image: example.com/proto:1
          securityContext: {{- toYaml (index .Values "__proto__").securityContext | nindent 12 }}
`,
      ),
    ),
    rules: [escalation],
    told: [
      app(`proven --set 'a\\.b\\,c\\=\\[d\\].securityContext.allowPrivilegeEscalation=false'`),
      `${escalation} bell: proven /e\u0007/securityContext/allowPrivilegeEscalation`,
      `${escalation} proto: proven --set __proto__.securityContext.allowPrivilegeEscalation=false`,
    ],
    values: JSON.parse(
      '{"a.b,c=[d]": {"securityContext": {"allowPrivilegeEscalation": false}}, "e\\u0007": {"securityContext": {"allowPrivilegeEscalation": false}}, "__proto__": {"securityContext": {"allowPrivilegeEscalation": false}}}',
    ),
  },
  'limits, which only the user can know': {
    files: chart(
      'resources: {}\n',
      deployment('', 'resources: {{- toYaml .Values.resources | nindent 12 }}'),
    ),
    rules: ['require-limits'],
    told: [
      'require-limits app: choose --set resources.limits.cpu=500m',
      'require-limits app: choose --set resources.limits.memory=256Mi',
    ],
    values: {},
  },
  'a profile whose mapping the template writes, where a switch beside it is off': {
    files: chart(
      'seccompProfile: {enable: false, type: RuntimeDefault}\n',
      deployment(
        '{{- if .Values.seccompProfile.enable }}\nsecurityContext: {seccompProfile: {type: {{ .Values.seccompProfile.type }}}}\n{{- end }}',
        '',
      ),
    ),
    rules: ['require-seccomp'],
    told: [
      'require-seccomp: proven --set seccompProfile.enable=true --set seccompProfile.type=RuntimeDefault',
    ],
    values: {seccompProfile: {enable: true, type: 'RuntimeDefault'}},
  },
  'a context whose switch is that of the context of the pod': {
    files: chart(
      'podContext: {enabled: false}\ncontainerSecurityContext: {}\n',
      deployment(
        '',
        `{{- if .Values.podContext.enabled }}\n${context('containerSecurityContext')}\n{{- end }}`,
      ),
    ),
    rules: [escalation],
    told: [
      app(
        'proven --set podContext.enabled=true --set containerSecurityContext.allowPrivilegeEscalation=false',
      ),
    ],
    values: {
      podContext: {enabled: true},
      containerSecurityContext: {allowPrivilegeEscalation: false},
    },
  },
  'user 0 in a default that goes as soon as the values have a context': {
    files: chart(
      'securityContext: {}\ndefaults: {runAsUser: 0, privileged: false}\n',
      deployment(
        '',
        'securityContext: {{- toYaml (.Values.securityContext | default .Values.defaults) | nindent 12 }}',
      ),
    ),
    rules: [escalation, 'no-root', 'no-root-user'],
    told: [
      app(
        'proven --set securityContext.privileged=false --set securityContext.runAsUser=0 --set securityContext.allowPrivilegeEscalation=false',
      ),
      'no-root app: proven --set securityContext.privileged=false --set securityContext.runAsNonRoot=true',
      'no-root-user app: proven --set securityContext.privileged=false',
    ],
    values: {
      securityContext: {privileged: false, allowPrivilegeEscalation: false, runAsNonRoot: true},
    },
  },
  'a pod with findings whose name is new each time': {
    files: chart(
      'securityContext: {}\n',
      deployment(
        '',
        context('securityContext'),
        '---\napiVersion: v1\nkind: Pod\nmetadata: {name: web-{{ randAlphaNum 5 | lower }}}\nspec: {containers: [{name: check, image: example.com/check:1}]}\n',
      ),
    ),
    rules: [escalation],
    told: [
      app('proven --set securityContext.allowPrivilegeEscalation=false'),
      `${escalation} check: none`,
    ],
    values: {securityContext: {allowPrivilegeEscalation: false}},
  },
  'keys that templates name in other ways': {
    files: chart(
      'global: {}\n',
      deployment(
        'securityContext: {{- dig "pod" "hardening" dict .Values.AsMap | toYaml | nindent 8 }}',
        'securityContext: {{- ((.Values.app).hardening) | default dict | toYaml | nindent 12 }}',
        `        - name: other
          image: example.com/other:1
          securityContext: {{- (index .Values "global" "hardening") | default dict | toYaml | nindent 12 }}
`,
      ),
    ),
    rules: [escalation, 'require-seccomp'],
    told: [
      'require-seccomp: proven --set pod.hardening.seccompProfile.type=RuntimeDefault',
      app('proven --set app.hardening.allowPrivilegeEscalation=false'),
      `${escalation} other: proven --set global.hardening.allowPrivilegeEscalation=false`,
    ],
    values: {
      pod: {hardening: {seccompProfile: {type: 'RuntimeDefault'}}},
      app: {hardening: {allowPrivilegeEscalation: false}},
      global: {hardening: {allowPrivilegeEscalation: false}},
    },
  },
  'a text that follows a key, but is an argument of its own': {
    files: chart(
      'securityContext: {}\nannotations: {}\n',
      deployment(
        '',
        `${context('securityContext')}\nenv: {{- include "web.list" (dict "value" .Values.annotations "context" $) | nindent 12 }}`,
      ).replace('{name: web}', '{name: web, annotations: {{ .Values.annotations | toJson }}}'),
      {
        'templates/_list.tpl':
          '{{- define "web.list" }}{{ range .value }}{{ fail "no text" }}{{ end }}[]{{ end }}',
      },
    ),
    rules: [escalation],
    told: [app('proven --set securityContext.allowPrivilegeEscalation=false')],
    values: {securityContext: {allowPrivilegeEscalation: false}},
  },
  'a folder of the node that the values list, with its mount': {
    files: chart(
      'volumes: [{name: logs, hostPath: {path: /var/log}}, {name: tmp, emptyDir: {}}]\nmounts: [{name: logs, mountPath: /var/log}, {name: tmp, mountPath: /tmp}]\n',
      deployment(
        'volumes: {{- toYaml .Values.volumes | nindent 8 }}',
        'volumeMounts: {{- toYaml .Values.mounts | nindent 12 }}',
      ),
    ),
    rules: ['no-host-path'],
    told: [
      `no-host-path: removes --set-json 'volumes=[{"name":"tmp","emptyDir":{}}]' --set-json 'mounts=[{"name":"tmp","mountPath":"/tmp"}]'`,
    ],
    values: {},
  },
  'a test that a switch leaves out': {
    files: chart(
      'testFramework: {enabled: true}\n',
      '{{- if .Values.testFramework.enabled }}\napiVersion: v1\nkind: Pod\nmetadata: {name: check, annotations: {helm.sh/hook: test}}\nspec: {containers: [{name: check, image: example.com/check:1}]}\n{{- end }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n',
    ),
    rules: [escalation],
    told: [`${escalation} check: removes --set testFramework.enabled=false`],
    values: {},
  },
  'a network policy that is switched off': {
    files: chart(
      'networkPolicy: {enabled: false}\n',
      deployment(
        '',
        '',
        '{{- if .Values.networkPolicy.enabled }}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}\n{{- end }}\n',
      ),
    ),
    rules: ['require-network-policy'],
    told: ['require-network-policy: proven --set networkPolicy.enabled=true'],
    values: {networkPolicy: {enabled: true}},
  },
};

for (const [name, {files, rules, given, told: expected, values}] of Object.entries(cases)) {
  withHelm(`values are proven: ${name}`, async t => {
    const proof = await proven(files, rules, given);
    t.deepEqual([...told(proof)].sort(), [...expected].sort());
    t.is(JSON.stringify(sorted(proof.values)), JSON.stringify(sorted(values)));
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)]);
}

withHelm('a template that fails with any value is told', async t => {
  const template = `{{- if .Values.securityContext }}{{ fail "no value" }}{{ end }}${deployment('', context('securityContext'))}`;
  const {advised, values} = await proven(chart('securityContext: {}\n', template), [escalation]);
  t.like(advised[0]?.advice, {
    outcome: 'none',
    reason: 'the chart does not render with any of the values that were tried',
  });
  t.deepEqual(Object.keys(values), []);
});

withHelm('a value that is proven is proven in few renderings', async t => {
  const {files, rules} = cases['the contexts of pod and container'] as Case;
  const {renderings} = await proven(files, rules);
  t.true(renderings <= 6, `${renderings}`);
  const argument = cases['a text that follows a key, but is an argument of its own'] as Case;
  t.true((await proven(argument.files, argument.rules)).renderings <= 5);
});
