/**
 * Builds an executable for each platform, or only for those that are named, as in `--target linux-x64`,
 * into `dist/executables`. `npm run build` must have been run before.
 */
import './fail-plainly.ts';
import {parseArgs} from 'node:util';
import {buildExecutables} from './build-executables.ts';
import {isTarget, targets} from './executable-path.ts';

const {values} = parseArgs({options: {target: {type: 'string', multiple: true}}});
const names = values.target ?? targets;
const wanted = names.filter(isTarget);
if (wanted.length < names.length) {
  throw new Error(`--target must be one of ${targets.join(', ')}, not ${names.join(', ')}`);
}
await buildExecutables(wanted);
