import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {shapes} from '../../src/guard/shape.ts';
import {harden} from '../../src/harden.ts';
import {type JsonMap, valueAt} from '../../src/json.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {type OfficialPod, officialPods} from '../pod-security/official-pods.ts';
import {testWithCorpus} from '../tools/corpus.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {agree, asked, comparable, wrapped} from './agree.ts';
import {guardObjects, rulesIn} from './guards.ts';
import {admit} from './oracle.ts';

const kinds = new Set(shapes.flatMap(shape => shape.kinds));

/** Objects for a guard: no API server with admission policies serves `extensions`. */
const objectsIn = (file: string): readonly JsonMap[] =>
  readStream(readFileSync(file, 'utf8'), file)
    .resources.filter(
      ({kind, apiVersion}) => kinds.has(kind) && !apiVersion.startsWith('extensions/'),
    )
    .map(({value}) => value);

testWithTools('admission-policy-oracle')(
  'render and guard agree on the charts of this repository',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const {faulty} = await agree(
      t,
      executable,
      charts.flatMap(chart => objectsIn(renderedFile(chart))),
    );
    t.true(faulty > 2, `${faulty} objects at fault`);
  },
);

testWithTools('admission-policy-oracle')(
  'render and guard agree on the examples of the rules',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const folder = path.join(repository, 'test/rules/examples');
    const files = [...asked].map(rule => path.join(folder, rule, 'before.yaml'));
    const {faulty} = await agree(t, executable, files.flatMap(objectsIn));
    t.true(faulty > files.length, `${faulty} objects at fault`);
  },
);

testWithCorpus([], ['admission-policy-oracle'])(
  'render and guard agree on real charts',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const objects = corpusFiles.flatMap(objectsIn);
    t.log(await agree(t, executable, objects));
  },
);

const podOf = ({path: file}: OfficialPod): JsonMap => parse(readFileSync(file, 'utf8')) as JsonMap;

testWithTools('admission-policy-oracle')(
  'render and guard agree on the official pods, in each kind of workload',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const newest = (await officialPods()).filter(({minor}) => minor === 37);
    const seen = await agree(t, executable, newest.map(podOf).flatMap(wrapped));
    t.true(seen.objects > 500 && seen.faulty > 300, JSON.stringify(seen));
  },
);

testWithTools('admission-policy-oracle')(
  'what render lets wait is admitted, and what it rewrites is denied',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const files = [...charts.map(renderedFile), ...corpusFiles];
    const newest = (await officialPods()).filter(({minor}) => minor === 37);
    const objects = [...files.flatMap(objectsIn), ...newest.map(podOf).flatMap(wrapped)];
    const policy = resolvePolicy({});
    const texts = [...new Set(objects.map(object => JSON.stringify(object)))];
    const outcomes = await admit(
      executable,
      guardObjects({}),
      texts.map(object => ({object})),
    );
    let waiting = 0;
    for (const [index, text] of texts.entries()) {
      const {error, denied} = outcomes[index] ?? {};
      if (error !== undefined) continue;
      const {findings} = harden(text, 'in', policy);
      if (findings.some(({waits}) => waits)) waiting += 1;
      // Whether a host port waits, with everything else in its pod, depends on other objects.
      if (findings.some(({rule}) => rule === 'no-host-port')) continue;
      const isRewritten = findings.some(({rule, status}) => status === 'fixed' && asked.has(rule));
      t.is(denied !== '', isRewritten, text);
    }
    t.log({objects: texts.length, waiting});
  },
);

/** The rules by which a guard denies what fails a check of the standard. */
const covered: Readonly<Record<string, string>> = {
  allowprivilegeescalation: 'no-privilege-escalation',
  apparmorprofile: 'no-unconfined-apparmor',
  capabilities_baseline: 'no-extra-capabilities',
  capabilities_restricted: 'drop-all-capabilities|no-extra-capabilities',
  hostnamespaces: 'no-host-(?:network|pid|ipc)',
  hostpathvolumes: 'no-host-path',
  hostports: 'no-host-port|no-host-network',
  hostprobesandhostlifecycle: 'no-host-probes',
  privileged: 'no-privileged',
  procmount: 'no-unmasked-proc',
  procmount_restricted: 'no-unmasked-proc-in-user-namespace|no-unmasked-proc',
  restrictedvolumes: 'restricted-volumes|no-host-path',
  runasnonroot: 'no-root',
  runasuser: 'no-root-user',
  seccompprofile_baseline: 'no-unconfined-seccomp',
  seccompprofile_restricted: 'require-seccomp|no-unconfined-seccomp',
  selinuxoptions: 'no-custom-selinux',
  sysctls: 'no-unsafe-sysctls',
  windowshostprocess: 'no-host-process',
};

/** The versions at which the standard changes, with some of those before them. */
const minors = [
  0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
];

/** The policies for bare pods: each request of a process waits until all are compiled. */
const ofPods = (objects: readonly JsonMap[]): readonly JsonMap[] =>
  objects.filter(object => /^kube-harden-pods/.test(String(valueAt(object, ['metadata', 'name']))));

for (const minor of minors) {
  for (const level of ['baseline', 'restricted'] as const) {
    testWithTools('admission-policy-oracle')(
      `${level} v1.${minor}: official pods pass and fail as the standard says`,
      async t => {
        const executable = toolPath('admission-policy-oracle');
        const pods = (await officialPods()).filter(
          pod => pod.minor === minor && pod.level === level,
        );
        const choices = {
          profiles: [level],
          podSecurityMinor: minor,
          annotate: false,
          undecided: 'fix',
        } as const;
        const texts = pods.map(pod => readFileSync(pod.path, 'utf8'));
        const outcomes = await admit(
          executable,
          ofPods(guardObjects(choices, {flagAction: 'Deny'})),
          texts.map(object => ({object})),
        );
        t.true(pods.length > 20, `${pods.length} pods`);
        for (const [index, {verdict, check, path: file}] of pods.entries()) {
          const {error, denied, audited = []} = outcomes[index] ?? {};
          const seen = rulesIn(audited);
          t.is(error, undefined, file);
          t.is(denied === '', verdict === 'pass', file);
          if (verdict === 'fail')
            t.regex(seen.join(' '), new RegExp(`\\b(?:${covered[check]})\\b`), file);
          const {findings} = harden(texts[index] ?? '', file, resolvePolicy(choices));
          t.deepEqual(
            comparable(seen),
            comparable([...new Set(findings.map(({rule}) => rule))]),
            file,
          );
        }
      },
    );
  }
}
