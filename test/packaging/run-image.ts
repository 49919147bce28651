import {mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Readable} from 'node:stream';
import {execa} from 'execa';
import {toolPath} from '../tools/tools.ts';

/** What an image says about how it is run. */
interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface UnpackedImage {
  /** The folder of its root file system. */
  readonly root: string;
  readonly config: ImageConfig;
}

/** Pushes an image archive to a registry on this machine, checks it there, and pulls it again. */
export async function unpackImage(archive: string): Promise<UnpackedImage> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-image-'));
  const layout = path.join(scratch, 'layout');
  const root = path.join(scratch, 'root');
  for (const folder of [layout, root]) mkdirSync(folder);
  await execa('tar', ['-xf', archive, '-C', layout]);
  const crane = toolPath('crane');
  const registry = execa(crane, ['registry', 'serve', '--address', '127.0.0.1:0'], {reject: false});
  try {
    const name = `127.0.0.1:${await portOf(registry.stderr)}/kube-harden:test`;
    await execa(crane, ['push', layout, name]);
    await execa(crane, ['validate', '--remote', name]);
    const platform = ['--platform', 'linux/amd64'];
    const {stdout} = await execa(crane, ['config', name, ...platform]);
    const rootArchive = path.join(scratch, 'root.tar');
    await execa(crane, ['export', name, rootArchive, ...platform]);
    await execa('tar', ['-xpf', rootArchive, '-C', root]);
    return {root, config: (JSON.parse(stdout) as {readonly config: ImageConfig}).config};
  } finally {
    registry.kill();
    await registry;
  }
}

/** The port in what a registry says when it is ready. What it says later must be read as well. */
const portOf = (output: Readable): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [, port] = /port (\d+)/.exec(text) ?? [];
      if (port !== undefined) resolve(port);
    });
    output.on('end', () => reject(new Error(`the registry did not start: ${text}`)));
  });

export interface RunOptions {
  readonly env?: readonly string[];
  /** A folder that is mounted at the working directory, read-only. */
  readonly mount?: string;
  /** Instead of the user of the image. */
  readonly user?: string;
}

/**
 * What container runtimes do, in namespaces of its own, without a network: a read-only root, `/proc`,
 * devices, the image's user, environment and working directory, and no way to more privileges.
 *
 * $1 is the root, $2 the mounted folder, $3 the working directory, $4 the command.
 */
const script = `set -e
root=$1; mounted=$2; folder=$3; shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
if [ -n "$mounted" ]; then
  mount --bind "$mounted" "$root$folder"
  mount -o remount,bind,ro "$root$folder"
fi
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs "$@"`;

/** The command that runs the image as its configuration says. */
export function commandIn(
  {root, config}: UnpackedImage,
  args: readonly string[],
  {env = [], mount = '', user = config.User}: RunOptions = {},
): readonly [program: string, args: readonly string[]] {
  const [uid = '', gid = uid] = user.split(':');
  const namespaces = ['--mount', '--pid', '--fork', '--net', '--ipc', '--uts'];
  const start = ['sh', '-c', script, 'sh', root, mount, config.WorkingDir];
  const environment = ['env', '-i', ...config.Env, ...env];
  const change = ['unshare', `--root=${root}`, `--wd=${config.WorkingDir}`];
  const who = ['--setgid', gid, '--setuid', uid];
  const command = [...config.Entrypoint, ...args];
  return ['unshare', [...namespaces, ...start, ...environment, ...change, ...who, ...command]];
}

export function runImage(
  image: UnpackedImage,
  args: readonly string[],
  options: RunOptions & {readonly input?: string} = {},
) {
  const [program, all] = commandIn(image, args, options);
  return execa(program, all, {input: options.input ?? '', reject: false});
}
