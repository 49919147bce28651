import test from 'ava';
import {changeLines} from '../../src/findings/change-lines.ts';
import type {JsonMap} from '../../src/json.ts';

const object: JsonMap = {
  kind: 'Pod',
  spec: {
    hostNetwork: true,
    containers: [{name: 'a'}, {name: 'yes', ports: [{hostPort: 80, name: 'x y'}], args: []}],
  },
};

const shown = (...change: Parameters<typeof changeLines>) => changeLines(...change).join('\n');

test('a field is shown with the fields above it', t => {
  t.is(shown({object, path: ['spec', 'hostNetwork']}), '  spec:\n-   hostNetwork: true');
  t.is(
    shown({object, path: ['spec', 'containers', 1, 'ports', 0, 'hostPort'], after: 81}),
    `  spec:
    containers:
      - name: "yes"
        ports:
          - name: "x y"
-           hostPort: 80
+           hostPort: 81`,
  );
});

test('what is new comes with the fields that it needs', t => {
  const path = ['spec', 'containers', 0, 'securityContext', 'capabilities', 'drop'];
  t.is(
    shown({object, path, after: ['ALL']}),
    `  spec:
    containers:
      - name: a
+       securityContext:
+         capabilities:
+           drop:
+             - ALL`,
  );
});

test('an item that goes, and a value that stays', t => {
  t.is(
    shown({object, path: ['spec', 'containers', 1]}),
    `  spec:
    containers:
-     - name: "yes"
-       ports:
-         - hostPort: 80
-           name: "x y"
-       args: []`,
  );
  t.is(shown({object, path: ['kind'], after: 'Pod'}), '  kind: Pod');
});

test('an object that is added', t => {
  t.is(
    shown({object, path: ['spec'], added: {kind: 'NetworkPolicy', spec: {podSelector: {}}}}),
    '+ kind: NetworkPolicy\n+ spec:\n+   podSelector: {}',
  );
});

test('a long value is cut', t => {
  const lines = changeLines({object: {a: Array(1000).fill('b')}, path: ['a']});
  t.is(lines.length, 61);
  t.is(lines.at(-1), '- … 941 more lines');
});
