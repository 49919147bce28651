import {readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {toolPath} from '../tools/tools.ts';
import {clusterTest} from './cluster-test.ts';
import {until} from './control-plane.ts';

/** Starts a control plane, says where its kubeconfig is, and does not stop it. */
const starter = `
  const {startControlPlane} = await import(process.argv[1]);
  const {kubeconfig} = await startControlPlane(process.argv[2]);
  process.stdout.write(kubeconfig + '\\n');
  setInterval(() => {}, 1000);
`;

clusterTest('no server is left running when its test is killed', async t => {
  t.timeout(300_000);
  const executable = toolPath('control-plane');
  const harness = path.join(import.meta.dirname, 'control-plane.js');
  const node = execa(
    process.execPath,
    ['--input-type=module', '--eval', starter, harness, executable],
    {reject: false},
  );
  const kubeconfig = await new Promise<string>((resolve, reject) => {
    node.stdout.once('data', chunk => resolve(String(chunk).trim()));
    void node.then(({stderr}) => reject(new Error(stderr)));
  });
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const {server} = config.clusters[0].cluster;
  t.regex(await failureOf(server), /certificate/i);

  node.kill('SIGKILL');
  await node;
  await until('an end of the API server', async () => {
    if (!/ECONNREFUSED/.test(await failureOf(server))) throw new Error(`${server} still answers`);
  });
  rmSync(path.dirname(kubeconfig), {recursive: true, force: true, maxRetries: 5});
});

/** Why clients that do not know its certificate get no answer from `server`. */
const failureOf = (server: string): Promise<string> =>
  fetch(`${server}/readyz`).then(
    () => 'answered',
    (error: Error) => String(error.cause),
  );
