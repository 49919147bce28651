/** Texts with an official pod: block style, `apiVersion` and `kind` first. */
export const wrappings: Readonly<Record<string, (pod: string) => string>> = {
  Deployment: pod =>
    `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
${indented(templateOf(pod), 4)}`,
  CronJob: pod =>
    `apiVersion: batch/v1
kind: CronJob
metadata:
  name: web
spec:
  jobTemplate:
    spec:
      template:
${indented(templateOf(pod), 8)}`,
  'item of a List': pod =>
    `apiVersion: v1
kind: List
items:
${indented(pod, 2).replace(/^ {2}/, '- ')}`,
};

const head = 'apiVersion: v1\nkind: Pod\n';

function templateOf(pod: string): string {
  if (!pod.startsWith(head)) throw new Error(`a pod must begin with ${JSON.stringify(head)}`);
  return pod.slice(head.length);
}

const indented = (text: string, width: number): string =>
  text.replace(/^(?=.)/gm, ' '.repeat(width));
