import {readFileSync} from 'node:fs';
import {profiles} from '../../src/config/profiles.ts';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {rules} from '../../src/rules/index.ts';
import {type OfficialPod, officialPods} from '../pod-security/official-pods.ts';
import {objectsOf} from './admission.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf} from './control-plane.ts';
import {Judge, type NamespaceLevel} from './judge.ts';
import {renderedStreams} from './streams.ts';

/** The version of the standards that the API server of the control plane is built with. */
const minor = 36;

/** The official pods of that version which must fail. */
async function failingPods(): Promise<readonly (OfficialPod & {readonly text: string})[]> {
  const pods = await officialPods();
  return pods
    .filter(pod => pod.verdict === 'fail' && pod.minor === minor)
    .map(pod => ({...pod, text: nameValidly(readFileSync(pod.path, 'utf8'))}));
}

/**
 * Some are named after a check, with an underscore, which the API server does not allow in names.
 */
const nameValidly = (pod: string): string => pod.replace(/^( {2}name: [a-z]+)_/m, '$1-');

clusterTest(
  'the admission plugin admits the official pods that must fail, once hardened',
  async t => {
    const plane = await controlPlaneOf(t);
    const judge = await Judge.in(plane.api);
    const pods = await failingPods();
    t.true(pods.length > 50, `${pods.length} pods`);
    const wrong: string[] = [];
    for (const {text, path, level} of pods) {
      const policy = resolvePolicy({profiles: [level], podSecurityMinor: minor, undecided: 'fix'});
      const {text: hardened, findings} = harden(text, path, policy);
      const [before] = await verdictsOf(judge, text, path, level);
      const after = await verdictsOf(judge, hardened, path, level);
      const isTold = findings.some(({status}) => status !== 'fixed');
      if (before?.verdict === 'admitted') wrong.push(`${path}: admitted as it is`);
      for (const {verdict, reason} of after) {
        if (verdict !== 'admitted' && !(verdict === 'violating' && isTold)) {
          wrong.push(`${path}: ${verdict} ${reason}`);
        }
      }
    }
    t.deepEqual(wrong, []);
  },
);

const verdictsOf = (judge: Judge, text: string, name: string, level: NamespaceLevel) =>
  Promise.all(objectsOf(text, name).map(({value}) => judge.judge(value, level)));

const ids = rules.map(({id}) => id);

const only = (chosen: (id: string, at: number) => boolean): PolicyChoices => ({
  rules: Object.fromEntries(ids.map((id, at) => [id, chosen(id, at) ? 'fix' : 'off'] as const)),
  undecided: 'fix',
});

/** All profiles, as they are and with what waits for a decision, and sets of every other rule, two, four … */
const mixtures: readonly PolicyChoices[] = [
  ...Object.keys(profiles).map(profile => ({profiles: [profile]})),
  ...Object.keys(profiles).map(profile => ({profiles: [profile], undecided: 'fix'})),
  ...[0, 1, 2, 3, 4].map(bit => only((_, at) => (at >> bit) % 2 === 0)),
  ...[0, 1, 2, 3, 4].map(bit => only((_, at) => (at >> bit) % 2 === 1)),
];

/** Each rule alone, and all but each. */
const single: readonly PolicyChoices[] = [
  ...ids.map(id => only(other => other === id)),
  ...ids.map(id => only(other => other !== id)),
];

clusterTest(
  'what the API server takes for valid is valid after any combination of rewrites',
  async t => {
    const plane = await controlPlaneOf(t);
    const judge = await Judge.in(plane.api);
    const inputs = [
      ...(await failingPods()).map(({text, path}) => ({
        text,
        name: path,
        choices: [...mixtures, ...single],
      })),
      ...renderedStreams().map(stream => ({...stream, choices: mixtures})),
    ];
    const broken = new Set<string>();
    for (const {text, name, choices} of inputs) {
      const before = new Map<string, string>();
      for (const {value, kind, name: object} of objectsOf(text, name)) {
        before.set(`${kind}/${object}`, (await judge.judge(value, 'privileged')).verdict);
      }
      for (const choice of choices) {
        const {text: hardened} = harden(text, name, resolvePolicy(choice));
        const objects = objectsOf(hardened, name);
        const answers = objects.map(({value}) => judge.judge(value, 'privileged'));
        for (const [at, {verdict, reason}] of (await Promise.all(answers)).entries()) {
          const title = `${objects[at]?.kind}/${objects[at]?.name}`;
          const wasValid = (before.get(title) ?? 'admitted') === 'admitted';
          if (wasValid && verdict !== 'admitted') broken.add(`${name}, ${title}: ${reason}`);
        }
      }
    }
    t.deepEqual([...broken], []);
  },
);
