import fc from 'fast-check';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {agree, wrapped} from './agree.ts';
import {others} from './objects.ts';
import {pods} from './pods.ts';

/** The same objects in each run; the environment can set more, or others. */
const parameters = {
  seed: Number(process.env['PROPERTY_SEED'] ?? 1),
  numRuns: Number(process.env['PROPERTY_RUNS'] ?? 1000),
};

testWithTools('admission-policy-oracle')(
  'render and guard agree on generated pods, in each kind of workload',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const drawn = fc.sample(pods, parameters);
    const objects = drawn.flatMap((pod, index) => {
      const kinds = wrapped(pod);
      return [pod, kinds[index % kinds.length] ?? pod];
    });
    const {faulty} = await agree(t, executable, objects);
    t.true(faulty > drawn.length, `${faulty} objects at fault`);
  },
);

testWithTools('admission-policy-oracle')(
  'render and guard agree on generated objects of other kinds',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const {objects, faulty} = await agree(t, executable, fc.sample(others, parameters));
    t.true(faulty > objects / 4, `${faulty} of ${objects} at fault`);
  },
);
