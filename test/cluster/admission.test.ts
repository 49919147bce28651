import {profiles} from '../../src/config/profiles.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {installDefinitions, type JudgedObject, judgeStream} from './admission.ts';
import {clusterTest} from './cluster-test.ts';
import {controlPlaneOf} from './control-plane.ts';
import {Judge, type Judgement} from './judge.ts';
import {renderedStreams} from './streams.ts';

const streams = renderedStreams();
const levels = ['baseline', 'restricted'] as const;

clusterTest('what the API server accepts, it accepts hardened, by any profile', async t => {
  const plane = await controlPlaneOf(t);
  const judge = await Judge.in(plane.api);
  await installDefinitions(judge, streams);
  const worse: string[] = [];
  for (const stream of streams) {
    for (const profile of Object.keys(profiles)) {
      const policy = resolvePolicy({profiles: [profile]});
      for (const level of levels) {
        const objects = await judgeStream(judge, stream, policy, level);
        const told = objects.filter(isWorse).map(({title, after}) => `${title}: ${tell(after)}`);
        worse.push(...told.map(text => `${stream.name}, ${profile}, ${level}: ${text}`));
      }
    }
  }
  t.deepEqual(worse, []);
});

/**
 * Whether hardening made the API server refuse, or warn about, something that it did not before.
 */
function isWorse({before, after}: JudgedObject): boolean {
  if (after.fields.some(field => before?.fields.includes(field) !== true)) return true;
  if (before === undefined || before.verdict === 'admitted') return after.verdict !== 'admitted';
  return before.verdict === 'violating' && after.verdict === 'refused';
}

const tell = ({verdict, reason, fields}: Judgement): string =>
  [verdict, reason, ...fields].join(' ');

clusterTest(
  'each level admits what the profile of its name hardens, or a finding says why not',
  async t => {
    const plane = await controlPlaneOf(t);
    const judge = await Judge.in(plane.api);
    await installDefinitions(judge, streams);
    const unexplained: string[] = [];
    for (const level of levels) {
      const policy = resolvePolicy({profiles: [level], undecided: 'fix'});
      for (const stream of streams) {
        const objects = await judgeStream(judge, stream, policy, level);
        const kept = objects.filter(
          ({after, left}) => after.verdict === 'violating' && left.length === 0,
        );
        unexplained.push(
          ...kept.map(({title, after}) => `${stream.name}, ${title}: ${tell(after)}`),
        );
      }
    }
    t.deepEqual(unexplained, []);
  },
);

clusterTest('what no rewrite can mend is not admitted, and a finding says why', async t => {
  const plane = await controlPlaneOf(t);
  const judge = await Judge.in(plane.api);
  const text = JSON.stringify(
    deployment({volumes: [{name: 'data', nfs: {server: 'a', path: '/'}}]}),
  );
  const policy = resolvePolicy({profiles: ['restricted'], undecided: 'fix'});
  const stream = {text, name: 'nfs'};
  const [web] = await judgeStream(judge, stream, policy, 'restricted');
  t.is(web?.after.verdict, 'violating');
  t.regex(
    web?.after.reason ?? '',
    /^would violate PodSecurity "restricted:latest": restricted volume types/,
  );
  t.deepEqual(web?.left, ['restricted-volumes']);
});

const deployment = (spec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'elsewhere'},
  spec: {
    selector: {matchLabels: {app: 'web'}},
    template: {
      metadata: {labels: {app: 'web'}},
      spec: {containers: [{name: 'app', image: 'app'}], ...spec},
    },
  },
});

clusterTest('our own charts are valid as they are rendered', async t => {
  const plane = await controlPlaneOf(t);
  const judge = await Judge.in(plane.api);
  const ours = streams.filter(({set}) => set === 'charts-fixtures');
  await installDefinitions(judge, ours);
  const asIs = resolvePolicy({profiles: ['audit']});
  for (const stream of ours) {
    for (const {title, after} of await judgeStream(judge, stream, asIs, 'privileged')) {
      t.not(after.verdict, 'refused', `${stream.name}, ${title}: ${after.reason}`);
    }
  }
});

clusterTest('the judge sees what is wrong', async t => {
  const plane = await controlPlaneOf(t);
  const judge = await Judge.in(plane.api);
  const cases = [
    [deployment({}), 'baseline', 'admitted', /^$/],
    [deployment({}), 'restricted', 'violating', /would violate .*runAsNonRoot/],
    [deployment({hostNetwork: true}), 'baseline', 'violating', /hostNetwork=true/],
    [deployment({hostNetwork: true}), 'privileged', 'admitted', /^$/],
    [deployment({hostNetwork: 'true'}), 'privileged', 'refused', /hostNetwork of type bool/],
    [deployment({volumes: [{name: '?'}]}), 'privileged', 'refused', /volumes\[0\].name: Invalid/],
    [{apiVersion: 'example.com/v1', kind: 'Web'}, 'privileged', 'unserved', /example.com\/v1 Web/],
  ] as const;
  for (const [object, level, verdict, reason] of cases) {
    const judgement = await judge.judge(JSON.parse(JSON.stringify(object)), level);
    t.is(judgement.verdict, verdict);
    t.regex(judgement.reason, reason);
  }
  const misspelt = await judge.judge(deployment({hostnetwork: true}), 'privileged');
  t.deepEqual(misspelt.fields, ['unknown field "spec.template.spec.hostnetwork"']);
});
