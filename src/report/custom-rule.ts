import type {CustomRule} from '../policy/policy.ts';
import {safeMarkdown} from '../text/safe-markdown.ts';
import {safeText} from '../text/safe-text.ts';

/** The page of a rule of a policy, as `explain` prints it. */
export function customRulePage(rule: CustomRule): string {
  const {id, title, severity, remedy, rationale, references, written} = rule;
  const sections = [
    `# ${id}`,
    safeMarkdown(title),
    `**Severity** ${severity}. It only flags: kube-harden rewrites nothing for it.`,
    ...(rationale === title ? [] : [`**Why.** ${safeMarkdown(rationale)}`]),
    ...(remedy === title ? [] : [`**What to do.** ${safeMarkdown(remedy)}`]),
    ...(written === undefined
      ? []
      : [`Looks at: ${objectsText(written)}`, code(written.expression)]),
    ...(references.length === 0
      ? []
      : [`References:\n${references.map(each => `- ${safeMarkdown(each)}`).join('\n')}`]),
    `Allow it for an object in the policy:\n\n\`\`\`yaml\nexceptions:\n  - rules: [${id}]\n    match: {kind: ${written?.match.objects[0]?.kind ?? 'Deployment'}, name: web}\n    reason: why it must stay\n\`\`\``,
  ];
  return `${sections.join('\n\n')}\n`;
}

function objectsText({match: {objects, namespaces}}: NonNullable<CustomRule['written']>): string {
  const kinds = objects.map(({apiVersion, kind}) => safeMarkdown(`${apiVersion} ${kind}`));
  const where =
    namespaces === undefined ? '' : ` in the namespaces ${namespaces.map(safeMarkdown).join(', ')}`;
  return `${kinds.join(', ')}${where}.`;
}

/** Indented, so that nothing in it can end the block. */
const code = (text: string): string =>
  text
    .split('\n')
    .map(line => `    ${safeText(line)}`)
    .join('\n');
