import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';

export interface ThrowawayKey {
  readonly name: string;
  /** Keyrings in the old format of GnuPG, which Helm reads. */
  readonly secretKeyring: string;
  readonly publicKeyring: string;
}

/** A new key pair without a passphrase. GnuPG's own folder is not touched. */
export async function throwawayKey(): Promise<ThrowawayKey> {
  // The path of the agent's socket must be short.
  const folder = mkdtempSync(path.join(tmpdir(), 'gpg-'));
  const name = 'Throwaway <throwaway@example.com>';
  const gpg = (...args: readonly string[]) =>
    execa('gpg', ['--batch', '--quiet', '--homedir', folder, '--passphrase', '', ...args]);
  const secretKeyring = path.join(folder, 'secring.gpg');
  const publicKeyring = path.join(folder, 'pubring.gpg');
  try {
    await gpg('--quick-generate-key', name, 'rsa2048', 'sign', 'never');
    await gpg('--output', secretKeyring, '--export-secret-keys');
    await gpg('--output', publicKeyring, '--export');
  } finally {
    await execa('gpgconf', ['--homedir', folder, '--kill', 'all'], {reject: false});
  }
  return {name, secretKeyring, publicKeyring};
}
