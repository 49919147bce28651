import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {stringify} from 'yaml';

/** Adds the policies that NP-Guard's cluster-topology-analyzer synthesizes for the manifests in a file. */
export async function withSynthesis(programs: string, file: string, text: string): Promise<string> {
  const args = ['-dirpath', path.resolve(file), '-format', 'json', '-netpols', '-q'];
  const {stdout} = await execa(path.join(programs, 'nettop'), args);
  const {items} = JSON.parse(stdout) as {items?: readonly object[]};
  return [text, ...(items ?? []).map(item => stringify(item))].join('\n---\n');
}

/** The workloads that NP-Guard's netpol-analyzer finds connected, as `client → server`, each with the ports as `80 53/UDP`. */
export async function analyzed(
  programs: string,
  text: string,
): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-np-guard-'));
  try {
    writeFileSync(path.join(folder, 'all.yaml'), text);
    const args = ['list', '--dirpath', folder, '-q', '-o', 'json'];
    const {stdout} = await execa(path.join(programs, 'netpolicy'), args);
    const found = JSON.parse(stdout === '' ? '[]' : stdout) as readonly Found[];
    return new Map(
      found.flatMap(({src, dst, conn}) => {
        const [from, to] = [src, dst].map(nameOf);
        return from === undefined || to === undefined ? [] : [[`${from} → ${to}`, portsIn(conn)]];
      }),
    );
  } finally {
    rmSync(folder, {recursive: true});
  }
}

interface Found {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
}

/** The name in `default/web[Deployment]`; none for addresses and for an ingress controller. */
const nameOf = (end: string): string | undefined => /^[^/]+\/(.+)\[\w+\]$/.exec(end)?.[1];

/** `TCP 80,443,UDP 53` as `443 53/UDP 80`. */
function portsIn(conn: string): string {
  let protocol = '';
  const ports = conn.split(/[, ]+/).flatMap(word => {
    const isPort = /^\d/.test(word);
    if (!isPort) protocol = word;
    return isPort
      ? singly(word).map(port => (protocol === 'TCP' ? port : `${port}/${protocol}`))
      : [];
  });
  return ports.length === 0 ? 'every' : ports.sort().join(' ');
}

/** `1-3` as 1, 2 and 3: they join neighbours. */
function singly(range: string): readonly string[] {
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({length: last - first + 1}, (_, at) => `${first + at}`);
}
