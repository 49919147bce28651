/** The texts of `count` things, one after the other. */
export const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({length: count}, (_, index) => text(index)).join('');

/** A stream of `count` documents, or groups of documents. */
export const documents = (count: number, document: (index: number) => string): string =>
  repeat(count, index => `${document(index)}---\n`);

/** A workload with one container; `more` are lines of the container, `ofPod` lines of the pod's spec. */
export const deployment = (name: string, labels: string, more = '', ofPod = ''): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec:
${ofPod}      containers:
        - name: main
          image: example.com/${name}:1.0
          ports: [{containerPort: 8080}]
${more}`;

/** `count` workloads, each labelled with its own name and `more`. */
export const workloads = (count: number, more = ''): string =>
  documents(count, index => deployment(`d${index}`, `app: d${index}${more}`));

export const service = (name: string, selector: string, labels = '', port = 8080): string =>
  `apiVersion: v1
kind: Service
metadata: {name: ${name}, labels: {${labels}}}
spec: {selector: {${selector}}, ports: [{name: http, port: 80, targetPort: ${port}}]}
`;

/** Any object, with what follows `metadata` as `rest`. */
export const object = (apiVersion: string, kind: string, name: string, rest: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}\n`;

export const networkPolicy = (name: string, spec: string): string =>
  object('networking.k8s.io/v1', 'NetworkPolicy', name, `spec: {${spec}}`);

/** A pod whose spec has these lines. */
export const pod = (spec: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: p}}\nspec:\n${spec}`;

/** Twenty labels, of which any choice selects the same pods: a million selectors that look different. */
const twenty = Array.from({length: 20}, (_, bit) => `l${bit}: x`);
export const allOfTwenty = twenty.join(', ');
export const someOfTwenty = (index: number): string =>
  ['shared: x', ...twenty.filter((_, bit) => (index >> bit) & 1)].join(', ');
