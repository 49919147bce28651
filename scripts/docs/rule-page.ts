import {profilesOf} from '../../src/config/profiles.ts';
import {mayWait} from '../../src/evidence/table.ts';
import type {Resource} from '../../src/kubernetes/resource.ts';
import {referenceLines} from '../../src/report/references.ts';
import type {Rule} from '../../src/rules/rule.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {lineDiff} from './line-diff.ts';

/** The files in the example folder of a rule. */
export interface Example {
  readonly before: string;
  readonly after: string;
  readonly findings: string;
  readonly policy?: string;
  /** A lock file of images. */
  readonly images?: string;
}

const disruptions = {
  none: 'no running workload can notice',
  possible: 'only a workload that uses the setting notices',
  likely: 'a workload that relies on it stops working as before',
} as const;

/** The page of a rule in Markdown, for `explain` and `docs/rules`. */
export function rulePage(rule: Rule, example: Example): string {
  return [
    `# ${rule.id}`,
    '',
    `${rule.title}. Severity: ${rule.severity}.`,
    '',
    `Profiles: ${profileText(rule)}.`,
    '',
    '## How to fix it',
    '',
    rule.remedy,
    '',
    '## Why it matters',
    '',
    sentence(rule.rationale),
    '',
    '## Before and after',
    '',
    ...exampleLines(example),
    '',
    '## Findings',
    '',
    '```text',
    example.findings.trimEnd(),
    '```',
    '',
    '## What the rewrite can break',
    '',
    rewriteText(rule),
    '',
    '## How to allow it',
    '',
    `In \`kube-harden.yaml\`${rule.isExposure ? ', if the exposure is intended' : ''}:`,
    '',
    '```yaml',
    ...allowance(rule, example),
    '```',
    '',
    ...referenceSection(rule),
  ].join('\n');
}

function referenceSection({references}: Rule): readonly string[] {
  const lines = referenceLines(references).map(line => `- ${line}`);
  return lines.length === 0 ? [] : ['## References', '', ...lines, ''];
}

export const profileText = (rule: Rule): string =>
  Object.entries(profilesOf(rule))
    .map(([name, mode]) => `${name} (${mode})`)
    .join(', ');

/** `text` as a complete sentence: some rationales are also used as the end of a sentence. */
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

function exampleLines({before, after, policy, images}: Example): readonly string[] {
  const shown = (title: string, text: string | undefined) =>
    text === undefined ? [] : [title, '', '```yaml', text.trimEnd(), '```', ''];
  const [old, now] = [before, after].map(text => text.trimEnd().split('\n')) as [
    string[],
    string[],
  ];
  const lines =
    before === after ? ['```yaml', ...old, '```'] : ['```diff', ...lineDiff(old, now), '```'];
  return [
    ...shown('Under this policy:', policy),
    ...shown('With this [lock file of images](../images.md):', images),
    ...lines,
  ];
}

function rewriteText(rule: Rule): string {
  const {rewrite} = rule;
  if (rewrite === undefined) return 'There is no rewrite: the rule only flags.';
  const {does, disruption, effect, mayCutOff, mayStopStart} = rewrite;
  const text = `The rewrite ${does}: it ${effects[effect]}. Disruption: ${disruption} (${disruptions[disruption]}).`;
  if (mayStopStart === true) return `${text} ${waitsAlways}`;
  if (mayCutOff === true) return `${text} ${waitsForClients}`;
  return mayWait(rule) ? `${text} ${waits}` : text;
}

const effects = {
  fills: 'fills in a default that the manifest leaves open',
  takes: 'takes away what the manifest asks for',
} as const;

const waits =
  'If the manifests show that the workload depends on the current setting, the finding shows the evidence, and under `essential` the rewrite [waits for a decision](../what-can-break.md).';
const waitsForClients =
  'If the manifests show that its clients are intended, the finding shows the evidence, and the rewrite [waits for a decision](../what-can-break.md) under every profile.';
const waitsAlways =
  'A container that was not built for it does not start. So the rewrite [waits for a decision](../what-can-break.md) under every profile, unless the manifests or the [lock file of images](../images.md) show that the container was built for it.';

/** The key of a policy that allows the first object of the example. */
function allowance(rule: Rule, {before}: Example): readonly string[] {
  const {kind, name} = readStream(before, 'before.yaml').resources[0] as Resource;
  const match = `match: {kind: ${kind}, name: ${name}}`;
  return rule.isExposure
    ? ['exposed:', `  - ${match}`, '    reason: customers reach it from outside']
    : [
        'exceptions:',
        `  - rules: [${rule.id}]`,
        `    ${match}`,
        '    reason: why it is needed',
        '    expires: "2030-06-30"   # optional',
      ];
}
