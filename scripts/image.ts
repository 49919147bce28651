/**
 * Builds the executables for Linux and puts them into a container image for both processors,
 * `dist/image/kube-harden-VERSION-image.tar`. `npm run build` must have been run before. `--source URL` names
 * the public repository in the labels of the image.
 */
import './fail-plainly.ts';
import {parseArgs} from 'node:util';
import {buildExecutables} from './build-executables.ts';
import {architectures} from './debian-packages.ts';
import {buildImage, executableFor, imagePath} from './image/build-image.ts';

const {values} = parseArgs({options: {source: {type: 'string'}}});
await buildExecutables(architectures.map(each => executableFor[each]));
await buildImage(architectures, values.source);
process.stderr.write(`${imagePath}\n`);
