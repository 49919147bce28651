/**
 * AVA loads this in each worker before its test file: what tests and the programs that they run put into
 * the folder for temporary files is deleted when the file is done. A whole run would leave gigabytes. Caches are in there,
 * too: no test finds what another run has kept, or leaves something in the user's.
 */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';

const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-'));
process.env['TMPDIR'] = folder;
process.env['XDG_CACHE_HOME'] = path.join(folder, 'cache');
process.on('exit', () => {
  rmSync(folder, {recursive: true, force: true, maxRetries: 3});
});

// The programs that tests start are bundles, which coverage does not count: measuring them costs time and gigabytes.
Reflect.deleteProperty(process.env, 'NODE_V8_COVERAGE');
