import {asList, asString, textOf} from '../json.ts';
import {imageOf} from '../kubernetes/image.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import {accountOf} from '../kubernetes/service-accounts.ts';
import type {Rule} from './rule.ts';

/** The accounts of software that administers a cluster, as its manifests call them. */
const consoles: Readonly<Record<string, string>> = {
  'kubernetes-dashboard': 'the Kubernetes Dashboard',
  tiller: 'Tiller',
};

const dashboardImage = /(?:^|\/)(?:kubernetes-dashboard(?:-amd64)?|dashboard)$/;
const tillerImage = /(?:^|\/)tiller$/;

/**
 * Restricted:
 *
 * - containers of Tiller, the server of Helm 2
 * - options of the Kubernetes Dashboard that let people in without a login, or by plain HTTP
 * - pod `spec.serviceAccountName`: must not be the account of Tiller or of the Dashboard, except in
 *   the pods of the latter
 */
export const noClusterConsoles: Rule = {
  id: 'no-cluster-consoles',
  title: 'Nothing must open the cluster’s administration to its pods',
  severity: 'high',
  remedy:
    'Remove Tiller, require a login for the Dashboard, and give other pods an account of their own.',
  rationale:
    'Tiller and a Dashboard without a login do for any pod that reaches them what only administrators may do.',
  references: {kubescape: ['C-0014', 'C-0047']},
  *checkPod({value, path, containers}) {
    const account = accountOf(value);
    const software = Object.hasOwn(consoles, account) ? consoles[account] : undefined;
    if (software === undefined || containers.some(isConsole)) return;
    const field = ['serviceAccountName', 'serviceAccount'].find(each => each in value);
    yield {
      path: [...path, field ?? 'serviceAccountName'],
      severity: 'medium',
      message: `the pod runs as "${account}", the account of ${software}, with all of its rights`,
    };
  },
  *checkContainer({name, value, path}) {
    const repository = imageOf(asString(value['image']) ?? '').repository;
    if (tillerImage.test(repository)) {
      const message =
        'Tiller administers the cluster for every pod that reaches it: it asks for no login';
      yield {path: [...path, 'image'], container: name, message};
    }
    if (!dashboardImage.test(repository)) return;
    for (const list of ['command', 'args']) {
      for (const [index, item] of asList(value[list]).entries()) {
        const option = textOf(item);
        if (!/^--?enable-(?:skip|insecure)-login(?:=true)?$/.test(option)) continue;
        const message = `\`${option}\` lets whoever reaches the Dashboard in without a safe login`;
        yield {path: [...path, list, index], container: name, message};
      }
    }
  },
};

const isConsole = ({value}: Container): boolean => {
  const repository = imageOf(asString(value['image']) ?? '').repository;
  return dashboardImage.test(repository) || tillerImage.test(repository);
};
