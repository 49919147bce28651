import {remove} from '../edits.ts';
import type {Path} from '../json.ts';
import {hostProcessFieldsOf} from '../kubernetes/host-process.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field: `securityContext.windowsOptions.hostProcess` of the pod, of containers, init
 * and ephemeral containers: must be absent or false.
 *
 * The API server accepts such a pod only if all of its containers have it and use the host network.
 * So the finding is on the pod, not on a container, and `hostNetwork` is removed with it.
 */
export const noHostProcess: Rule = {
  id: 'no-host-process',
  title: 'Windows pods must not run as host processes',
  severity: 'critical',
  remedy:
    'Remove `windowsOptions.hostProcess: true`, and the `hostNetwork: true` that it requires.',
  rationale:
    'A HostProcess container is not isolated: it runs on the Windows node itself, with the files and network of the node and the rights of its account.',
  rewrite: {
    does: 'removes `hostProcess` wherever it is true, and `hostNetwork`, which it requires',
    disruption: 'likely',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'HostProcess'},
    cis: ['5.2.10'],
  },
  *checkPod(pod) {
    const fields = hostProcessFieldsOf(pod);
    const [path] = fields;
    if (path === undefined) return;
    const paths: Path[] = [...fields];
    if (pod.value['hostNetwork'] === true) paths.push([...pod.path, 'hostNetwork']);
    yield {
      path,
      message:
        '`windowsOptions.hostProcess: true` runs the containers as processes of the Windows node: whoever breaks into one is on the node',
      edits: paths.map(remove),
    };
  },
};
