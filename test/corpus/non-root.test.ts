import test from 'ava';
import {countNonRoot} from './non-root.ts';

const container = (name: string, image: string, more = ''): string =>
  `    - {name: ${name}, image: "${image}"${more}}\n`;

test('each container of a stream is counted once, for one reason', t => {
  const text = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
${container('set', 'a:1', ', securityContext: {runAsNonRoot: true}')}${container('number', 'a:1', ', securityContext: {runAsUser: 5}')}${container('known', 'memcached:1.6.38')}${container('asked', 'a:1', ', securityContext: {runAsUser: 0}')}${container('root', 'nginx:1.27')}${container('unknown', 'a:1')}`;
  t.deepEqual(Object.fromEntries(countNonRoot(text)), {
    set: 1,
    byManifest: 1,
    byImage: 1,
    asksForRoot: 1,
    isRoot: 1,
    isUnknown: 1,
  });
});
