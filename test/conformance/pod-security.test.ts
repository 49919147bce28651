import {readFileSync} from 'node:fs';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {type Hardened, harden} from '../../src/harden.ts';
import {newestMinor} from '../../src/policy/pod-security-version.ts';
import {splitDocuments} from '../../src/yaml/split.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {controls} from '../pod-security/controls.ts';
import {type OfficialPod, officialPods} from '../pod-security/official-pods.ts';
import {decodeStrictly, evaluatePods} from '../pod-security/oracle.ts';
import {wrappings} from '../pod-security/wrapped.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

/** Volumes that "restricted" forbids and no rewrite can replace: only flagged. */
const irreplaceable = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'iscsi',
  'nfs',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
];

const hardenAs = ({level, minor, path}: OfficialPod, text: string): Hardened =>
  harden(
    text,
    path,
    resolvePolicy({profiles: [level], podSecurityMinor: minor, annotate: false, undecided: 'fix'}),
  );

testWithTools('pod-security-oracle')(
  'an official pod that fails a control is flagged by its rules, and passes once hardened',
  async t => {
    const oracle = toolPath('pod-security-oracle');
    const pods = await officialPods();
    t.is(Math.max(...pods.map(({minor}) => minor)), newestMinor);
    const failing = pods.filter(({verdict}) => verdict === 'fail');
    t.deepEqual([...new Set(failing.map(({check}) => check))].sort(), Object.keys(controls));
    const texts: string[] = [];
    const keptVolumes = new Set<string>();
    for (const pod of failing) {
      const {text, findings} = hardenAs(pod, readFileSync(pod.path, 'utf8'));
      const found = findings.map(({references}) => references.podSecurity?.control);
      if (!found.includes(controls[pod.check])) t.fail(`not flagged: ${pod.path}`);
      const left = hardenAs(pod, text).findings;
      if (left.some(({rule}) => rule !== 'restricted-volumes')) t.fail(`not fixed: ${pod.path}`);
      for (const {path} of left) keptVolumes.add(path.replace(/^.*\//, ''));
      texts.push(text);
    }
    t.deepEqual([...keptVolumes].sort(), irreplaceable);
    const verdicts = await evaluatePods(
      oracle,
      failing.map(({level, minor}, index) => ({
        level,
        version: `v1.${minor}`,
        yaml: texts[index] as string,
      })),
    );
    const undecodable = (await decodeStrictly(oracle, texts)).filter(
      ({error, strict}) => error !== undefined || strict.length > 0,
    );
    t.deepEqual(undecodable, []);
    const refused = failing.filter((_, index) => verdicts[index]?.allowed !== true);
    const forbidden = verdicts.flatMap(verdict => verdict.forbidden.map(({check}) => check));
    t.deepEqual(new Set(forbidden), new Set(['restrictedVolumes']));
    t.is(refused.length, irreplaceable.length * versions(failing), 'one pod a volume and version');
  },
);

const versions = (pods: readonly OfficialPod[]): number =>
  new Set(pods.map(({minor}) => minor)).size;

testWithTools('pod-security-oracle')(
  'an official pod that passes comes out byte for byte',
  async t => {
    const passing = (await officialPods()).filter(({verdict}) => verdict === 'pass');
    t.true(passing.length > 1000, `${passing.length} pods`);
    for (const pod of passing) {
      const text = readFileSync(pod.path, 'utf8');
      const hardened = hardenAs(pod, text);
      if (hardened.text !== text) t.fail(`changed: ${pod.path}`);
      if (hardened.findings.length > 0) t.fail(`flagged: ${pod.path}`);
    }
  },
);

for (const [place, wrapped] of Object.entries(wrappings)) {
  testWithTools('pod-security-oracle')(
    `an official pod in a ${place} has the same findings, and is hardened alike`,
    async t => {
      for (const pod of await officialPods()) {
        const text = readFileSync(pod.path, 'utf8');
        const alone = hardenAs(pod, text);
        const within = hardenAs(pod, wrapped(text));
        if (within.text !== wrapped(alone.text)) t.is(within.text, wrapped(alone.text), pod.path);
        const [expected, found] = [alone, within].map(({findings}) =>
          findings.map(({rule, status, container}) => `${status} ${rule} ${container ?? '-'}`),
        );
        if (expected?.join() !== found?.join()) t.deepEqual(found, expected, pod.path);
      }
      t.pass();
    },
  );
}

testWithTools('pod-security-oracle')(
  'what is rewritten and added decodes strictly into Kubernetes’ own types',
  async t => {
    const oracle = toolPath('pod-security-oracle');
    const policy = resolvePolicy({profiles: ['strict']});
    const documents = charts.flatMap(chart => {
      const {text} = harden(readFileSync(renderedFile(chart), 'utf8'), chart, policy);
      const all = splitDocuments(text).map(({start, end}) => text.slice(start, end));
      return all.filter(document => /^kind: (?!List)/m.test(document));
    });
    t.true(documents.some(document => document.includes('kind: NetworkPolicy')));
    for (const [index, decoded] of (await decodeStrictly(oracle, documents)).entries()) {
      t.is(decoded.error, undefined, documents[index]);
      t.deepEqual(decoded.strict, [], documents[index]);
    }
  },
);
