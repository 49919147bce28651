import {remove} from '../edits.ts';
import type {Rule} from './rule.ts';

/** A rule on a pod field that shares a namespace with the host when it is true. */
export function hostNamespaceRule(
  rule: Pick<Rule, 'id' | 'title' | 'remedy' | 'rationale'> & {readonly cis: string},
  field: 'hostPID' | 'hostIPC',
): Rule {
  const {cis, ...rest} = rule;
  return {
    ...rest,
    severity: 'high',
    rewrite: {does: `removes \`${field}\``, disruption: 'likely', effect: 'takes'},
    references: {
      podSecurity: {level: 'baseline', control: 'Host Namespaces'},
      cis: [cis],
      kubescape: ['C-0038'],
      nsa: 'Kubernetes Pod security',
      nist: ['CM-3', 'CM-7'],
    },
    *checkPod(pod) {
      if (pod.value[field] !== true) return;
      const path = [...pod.path, field];
      yield {path, message: `\`${field}: true\`: ${rule.rationale}`, edits: [remove(path)]};
    },
  };
}
