/** Texts that do something in a CI log, a terminal, a forge or a browser. */
export const hostile = [
  '::error file=a,line=1::pwned',
  '\n::set-output name=a::b',
  ' ::stop-commands::x',
  '\u00a0::error::x',
  '##vso[task.setvariable variable=a]b',
  'x ##[group]a',
  "##teamcity[message text='a']",
  '\rsection_start:1560896352:a\r\u001b[0Ka',
  '\u001b]0;title\u0007\u009b31m',
  '\u202egnp.exe',
  'a\u200bb\u{e0041}\u3164\u2800',
  '@everyone',
  '@org/team',
  '#1 GH-1 org/repo#1 ABC-123 !1 $1 %1 ~bug &2',
  'https://evil.example www.evil.example a@evil.example ftp://x',
  '0123456789abcdef0123456789abcdef01234567',
  '[vulnerability:1] [issue:a/b:2] GHSA-aaaa-bbbb-cccc',
  '<img src=x onerror=alert(1)> <!-- a --> &lt;b&gt;',
  '[text](https://evil.example) ![a](b) [a]: b',
  'a`b ``c` `@d \\` | \\| x',
  '| a | b |',
  '*a* _b_ ~~c~~ :smile: $x$',
  '```\n@a',
];

/** `text` in double quotes, for YAML. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[^ -~]/gu, character => {
    const code = character.codePointAt(0) ?? 0;
    return `U${code.toString(16).padStart(8, '0')}`;
  });

/** Objects with `text` in every place for a string. */
export function manifestOf(text: string): string {
  const name = quoted(text);
  return `# Source: ${text.replace(/[\r\n\u0085\u2028\u2029]/g, ' ').replace(/[^ -~\t\u00a0-\ud7ff]/g, '')}
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}, namespace: ${name}, labels: {app: a}}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      hostNetwork: true
      hostPID: true
      volumes: [{name: ${name}, hostPath: {path: ${name}}}, {name: b, hostPath: {path: /proc}}]
      containers:
        - name: ${name}
          image: ${name}
          command: [${name}]
          securityContext: {privileged: true, capabilities: {add: [${name}]}}
          ports: [{containerPort: 80, hostPort: 80, name: ${name}}]
          volumeMounts: [{name: b, mountPath: ${name}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a}
spec:
  podSelector: {matchLabels: {app: a}}
  ingress: [{from: [{ipBlock: {cidr: ${name}, except: [${name}]}}, {podSelector: {matchLabels: {x: ${name}}}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: b, annotations: {${name}: ${name}}}
spec: {type: ExternalName, externalName: ${name}}
`;
}
