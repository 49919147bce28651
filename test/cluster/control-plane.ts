import {type ChildProcess, spawn} from 'node:child_process';
import {generateKeyPairSync, randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {threadId} from 'node:worker_threads';
import type {ExecutionContext} from 'ava';
import {toolPath} from '../tools/tools.ts';
import {ApiClient} from './api-client.ts';

/** A running API server, controller manager and etcd, on loopback. There are no nodes. */
export interface ControlPlane {
  /** The multi-call executable, for `kubectl`. */
  readonly executable: string;
  /** As an administrator, of the group system:masters. */
  readonly api: ApiClient;
  /** The path of a kubeconfig with a context for each of `users`. */
  readonly kubeconfig: string;
  /** The path of the audit log, which contains requests for the namespace `audited`. */
  readonly auditLog: string;
  /** Stops all three, and removes their data. */
  stop(): Promise<void>;
}

/**
 * The users: an administrator who bypasses authorization, and two with only the rights that a test
 * grants.
 */
export const users = {
  admin: 'system:masters',
  developer: 'developers',
  operator: 'operators',
} as const;
export type User = keyof typeof users;

/** Starts a control plane for the test, and stops it at its end. */
export async function controlPlaneOf(t: ExecutionContext): Promise<ControlPlane> {
  t.timeout(600_000);
  const plane = await startControlPlane(toolPath('control-plane'));
  t.teardown(() => plane.stop());
  return plane;
}

/**
 * @throws {Error} with the last output of the servers if the API server is not ready in two minutes
 */
export async function startControlPlane(executable: string): Promise<ControlPlane> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-cluster-'));
  const [etcdPort, peerPort, port] = await freePorts(3);
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const server = `https://127.0.0.1:${port}`;
  const tokens = writeTokens(folder);
  writeSigningKey(folder);
  writeFileSync(path.join(folder, 'audit-policy.json'), JSON.stringify(auditPolicy));
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]) => {
    children.push(startServer(executable, folder, program, args));
  };
  start('etcd', etcdArgs(etcd, `http://127.0.0.1:${peerPort}`));
  start('kube-apiserver', apiServerArgs(etcd, `${port}`));
  const end = async () => {
    await Promise.all(children.map(endServer));
    rmSync(folder, {recursive: true, force: true, maxRetries: 5});
  };
  try {
    const ca = await certificate(folder);
    const kubeconfig = writeKubeconfig(folder, server, ca, tokens);
    const api = new ApiClient(server, ca, tokens.admin);
    await untilReady(api);
    start('kube-controller-manager', managerArgs(kubeconfig));
    const auditLog = path.join(folder, 'audit.log');
    const stop = () => {
      api.close();
      return end();
    };
    return {executable, api, kubeconfig, auditLog, stop};
  } catch (error) {
    const log = readFileSync(path.join(folder, 'kube-apiserver.log'), 'utf8').slice(-2000);
    await end();
    throw new Error(`the control plane did not start: ${told(error)}\n${log}`, {cause: error});
  }
}

/** The message of an error, and of what caused it. */
const told = (error: unknown): string =>
  error instanceof Error && error.cause ? `${error.message}: ${told(error.cause)}` : String(error);

const etcdArgs = (clients: string, peers: string): readonly string[] => [
  '--data-dir=data',
  '--unsafe-no-fsync',
  `--listen-client-urls=${clients}`,
  `--advertise-client-urls=${clients}`,
  `--listen-peer-urls=${peers}`,
  `--initial-advertise-peer-urls=${peers}`,
  `--initial-cluster=default=${peers}`,
];

/** Requests are not queued, so that many can be answered at once; pods need no account. */
const apiServerArgs = (etcd: string, port: string): readonly string[] => [
  `--etcd-servers=${etcd}`,
  '--cert-dir=certificates',
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  '--service-account-key-file=account.pub',
  '--service-account-signing-key-file=account.key',
  '--service-account-issuer=https://kubernetes.default.svc',
  '--token-auth-file=tokens.csv',
  '--authorization-mode=RBAC',
  '--service-cluster-ip-range=10.0.0.0/16',
  '--allow-privileged=true',
  '--disable-admission-plugins=ServiceAccount',
  '--enable-priority-and-fairness=false',
  '--max-requests-inflight=0',
  '--max-mutating-requests-inflight=0',
  '--audit-policy-file=audit-policy.json',
  '--audit-log-path=audit.log',
];

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [{level: 'Metadata', namespaces: ['audited']}, {level: 'None'}],
};

const managerArgs = (kubeconfig: string): readonly string[] => [
  `--kubeconfig=${kubeconfig}`,
  '--secure-port=0',
  '--leader-elect=false',
  '--use-service-account-credentials=false',
  '--service-account-private-key-file=account.key',
];

/** The server lives until its standard input is closed, by `endServer` or by the end of this process. */
function startServer(
  executable: string,
  cwd: string,
  program: string,
  args: readonly string[],
): ChildProcess {
  const log = openSync(path.join(cwd, `${program}.log`), 'w');
  const child = spawn(executable, [program, ...args], {cwd, stdio: ['pipe', log, log]});
  closeSync(log);
  return child;
}

async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.stdin?.end();
  await exit;
}

function writeSigningKey(folder: string): void {
  const {publicKey, privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
  const pem = {type: 'spki', format: 'pem'} as const;
  writeFileSync(path.join(folder, 'account.pub'), publicKey.export(pem));
  writeFileSync(
    path.join(folder, 'account.key'),
    privateKey.export({type: 'pkcs8', format: 'pem'}),
  );
}

function writeTokens(folder: string): Readonly<Record<User, string>> {
  const tokens = {admin: randomUUID(), developer: randomUUID(), operator: randomUUID()};
  const lines = Object.entries(users).map(
    ([user, group]) => `${tokens[user as User]},${user},${user},"${group}"\n`,
  );
  writeFileSync(path.join(folder, 'tokens.csv'), lines.join(''), {mode: 0o600});
  return tokens;
}

function writeKubeconfig(
  folder: string,
  server: string,
  ca: string,
  tokens: Readonly<Record<User, string>>,
): string {
  const names = Object.keys(users) as User[];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin',
    clusters: [
      {
        name: 'test',
        cluster: {server, 'certificate-authority-data': Buffer.from(ca).toString('base64')},
      },
    ],
    users: names.map(name => ({name, user: {token: tokens[name]}})),
    contexts: names.map(name => ({name, context: {cluster: 'test', user: name}})),
  };
  const file = path.join(folder, 'kubeconfig.json');
  writeFileSync(file, JSON.stringify(config), {mode: 0o600});
  return file;
}

/** The self-signed certificate of the API server, once it has been written whole. */
const certificate = (folder: string): Promise<string> =>
  until('a certificate', async () => {
    const text = readFileSync(path.join(folder, 'certificates/apiserver.crt'), 'utf8');
    if (!text.endsWith('-----END CERTIFICATE-----\n')) throw new Error('no end of a certificate');
    return text;
  });

const untilReady = (api: ApiClient): Promise<void> =>
  until('a ready API server', async () => {
    const {status, body} = await api.request('GET', '/readyz');
    if (status !== 200) throw new Error(`/readyz: ${status} ${JSON.stringify(body)}`);
  });

/** Retries every tenth of a second. @throws {Error} with the last failure after four minutes */
export async function until<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + 240_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`, {cause: error});
      await sleep(100);
    }
  }
}

/** How many ports each test thread has for itself, below those that systems give to clients. */
const portsPerThread = 10;
const firstPort = 20_000;
const lastPort = 32_000;

/**
 * Different ports that were free a moment ago. They are reserved for this thread, so that no other
 * test and no client connection takes one before the server starts.
 */
async function freePorts(count: number): Promise<readonly number[]> {
  const places = (lastPort - firstPort) / portsPerThread;
  const first = firstPort + ((process.pid * 31 + threadId) % places) * portsPerThread;
  const ports: number[] = [];
  for (let port = first; port < lastPort && ports.length < count; port++) {
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
