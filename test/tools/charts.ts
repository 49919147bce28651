import {mkdirSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {commandOf} from './executable.ts';
import {toolPath} from './tools.ts';

export const scratch = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));

/** A pod with one finding that counts, as the template of a chart. */
export const podTemplate = `apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-{{ .Chart.Name }}, labels: {app: a}}
spec:
  hostNetwork: {{ .Values.hostNetwork | default true }}
  containers: [{name: a, image: a}]
`;

/** Writes a chart into `folder`; `files` replace or add to its own. */
export function writeChart(
  folder: string,
  name: string,
  files: Readonly<Record<string, string>> = {},
): string {
  const all = {
    'Chart.yaml': `apiVersion: v2\nname: ${path.basename(name)}\nversion: 1.0.0\n`,
    'values.yaml': '{}\n',
    'templates/pod.yaml': podTemplate,
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    const place = path.join(folder, name, file);
    mkdirSync(path.dirname(place), {recursive: true});
    writeFileSync(place, text);
  }
  return path.join(folder, name);
}

/** A folder in which `helm` is that Helm. */
export function pathOfHelm(helm: 'helm3' | 'helm4'): string {
  const folder = scratch();
  symlinkSync(toolPath(helm), path.join(folder, 'helm'));
  return folder;
}

interface Call {
  readonly cwd?: string;
  /** A folder with the `helm` to use. */
  readonly helm: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly verb?: string;
}

/** Runs an audit, with a home of its own. */
export const auditWith = (
  args: readonly string[],
  {cwd = scratch(), helm, env = {}, verb = 'audit'}: Call,
) =>
  execa(...commandOf([verb, ...args]), {
    cwd,
    env: {
      HOME: scratch(),
      PATH: [helm, '/usr/bin', '/bin'].join(path.delimiter),
      ...(process.env['TMPDIR'] === undefined ? {} : {TMPDIR: process.env['TMPDIR']}),
      ...env,
    },
    extendEnv: false,
    reject: false,
  });

/** Serves on loopback until the test ends, and returns the address. */
export async function serve(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
