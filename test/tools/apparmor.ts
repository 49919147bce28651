import {execFileSync} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import path from 'node:path';
import {type DebianPackage, debianArchive} from '../../scripts/debian-packages.ts';
import {packageFolder} from '../../scripts/fetch-package.ts';

/** The parser of AppArmor, with its abstractions. It needs no kernel with AppArmor. */
export const apparmor: DebianPackage = {
  name: 'apparmor',
  version: '3.0.8-3',
  architecture: 'amd64',
  sha256: '8185d7f9c14618bca0e0230f71b33f87a316182e35f569b4f25e1159904778b2',
};

/** The command of the parser, unpacked into a new folder, which the caller deletes. */
export function unpackApparmor(): {
  readonly folder: string;
  readonly file: string;
  readonly args: readonly string[];
} {
  const folder = mkdtempSync(path.join(packageFolder, 'apparmor-'));
  execFileSync('dpkg-deb', ['--extract', debianArchive(apparmor), folder]);
  return {
    folder,
    file: path.join(folder, 'sbin/apparmor_parser'),
    args: [
      '--skip-kernel-load',
      '--skip-cache',
      '--quiet',
      '--base',
      path.join(folder, 'etc/apparmor.d'),
    ],
  };
}
