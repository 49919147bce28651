import {readFileSync} from 'node:fs';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {officialPods} from './official-pods.ts';
import {decodeStrictly, evaluatePods} from './oracle.ts';

testWithTools('pod-security-oracle')(
  'the evaluator agrees with the verdict of every official pod',
  async t => {
    const executable = toolPath('pod-security-oracle');
    const pods = await officialPods();
    const verdicts = await evaluatePods(
      executable,
      pods.map(({level, minor, path}) => ({
        level,
        version: `v1.${minor}`,
        yaml: readFileSync(path, 'utf8'),
      })),
    );
    const disagreements = pods.flatMap((pod, index) => {
      const allowed = pod.verdict === 'pass';
      const checks = verdicts[index]?.forbidden.map(({check}) => check.toLowerCase()) ?? [];
      const {check} = pod;
      const named = checks.some(id => id === check || id === overriding[check]);
      return verdicts[index]?.allowed === allowed && named === !allowed ? [] : [{pod, checks}];
    });
    t.deepEqual(disagreements, []);
    t.deepEqual(
      {pods: pods.length, failing: pods.filter(({verdict}) => verdict === 'fail').length},
      {pods: 4537, failing: 3486},
    );
  },
);

/** Checks of "restricted" that take the place of a check of "baseline". */
const overriding: Readonly<Record<string, string>> = {
  capabilities_baseline: 'capabilities_restricted',
  hostpathvolumes: 'restrictedvolumes',
  procmount: 'procmount_restricted',
  seccompprofile_baseline: 'seccompprofile_restricted',
};

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      hostNetwork: true
      containers: [{name: app, image: app, ports: [{containerPort: 80, hostPort: 80}]}]
`;

testWithTools('pod-security-oracle')(
  'a workload is judged by its pod template, check by check',
  async t => {
    const executable = toolPath('pod-security-oracle');
    const yaml = workload;
    const [verdict] = await evaluatePods(executable, [
      {level: 'baseline', version: 'latest', yaml},
    ]);
    t.deepEqual(verdict, {
      allowed: false,
      forbidden: [
        {check: 'hostNamespaces', reason: 'host namespaces', detail: 'hostNetwork=true'},
        {
          check: 'hostPorts',
          reason: 'hostPort',
          detail: 'container "app" uses hostPort 80',
        },
      ],
    });
  },
);

testWithTools('pod-security-oracle')(
  'what has no pod to judge is an error, not a pass',
  async t => {
    const executable = toolPath('pod-security-oracle');
    const documents = [
      'apiVersion: v1\nkind: Service\n',
      `apiVersion: v1
kind: Pod
spec: {hostNetwork: "true"}
`,
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n',
      '{',
    ];
    const verdicts = await evaluatePods(
      executable,
      documents.map(yaml => ({level: 'baseline', version: 'latest', yaml})),
    );
    t.deepEqual(
      verdicts.map(({allowed, error}) => ({allowed, error: error?.replace(/ in scheme .*/, '')})),
      [
        'unexpected object type: /v1, Kind=Service',
        'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
        'no kind "Rollout" is registered for version "argoproj.io/v1alpha1"',
        "couldn't get version/kind; json parse error: unexpected end of JSON input",
      ].map(error => ({allowed: false, error})),
    );
  },
);

testWithTools('pod-security-oracle')(
  'strict decoding tells unknown fields, duplicate keys and wrong types apart',
  async t => {
    const executable = toolPath('pod-security-oracle');
    const answers = await decodeStrictly(executable, [
      workload,
      `apiVersion: v1
kind: Pod
spec: {hostnetwork: true, hostPID: true, hostPID: false}
`,
      `apiVersion: v1
kind: Pod
spec: {hostNetwork: "true"}
`,
      `apiVersion: argoproj.io/v1alpha1
kind: Rollout
spec: {anything: true}
`,
    ]);
    t.deepEqual(answers, [
      {builtIn: true, strict: []},
      {
        builtIn: true,
        strict: [
          'yaml: unmarshal errors:\n  line 3: key "hostPID" already set in map',
          'unknown field "spec.hostnetwork"',
        ],
      },
      {
        builtIn: true,
        strict: [],
        error:
          'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
      },
      {builtIn: false, strict: []},
    ]);
  },
);
