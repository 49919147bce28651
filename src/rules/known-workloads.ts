import {toPointer} from '../json.ts';
import {isSensitive, placeOf} from '../kubernetes/host-path.ts';
import {podPatchesIn, type UnknownPod, unknownPodsIn} from '../kubernetes/unknown-pods.ts';
import type {UnsafeField, UnsafeSetting} from '../kubernetes/unsafe-setting.ts';
import type {Severity} from '../severity.ts';
import {readText} from '../yaml/read-text.ts';
import {socketIn} from './no-runtime-socket.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted: pods and containers in custom resources that no rule checks, because neither
 * kube-harden nor the policy knows that the kind contains them there; each unsafe setting in what
 * looks like a part of one (`privileged`, `hostNetwork`, `hostPID`, `hostIPC`, `hostProcess`,
 * SYS_ADMIN, `runAsUser: 0`, `hostPath`, `hostPort`), also in patches and texts of manifests; and
 * `podSpecPatch` of Argo's workflows.
 *
 * Policies of admission engines, except for the objects that they create, schemas, and the values
 * of charts (`values`, `valuesObject`) do not count as pods.
 */
export const knownWorkloads: Rule = {
  id: 'known-workloads',
  title: 'Unknown kinds with pods must be declared in the policy',
  severity: 'low',
  remedy:
    'Declare under `workloads` in the policy where this kind contains pods, name the folder of its definition with `--crds`, or review the object by hand.',
  rationale:
    'Nothing in the pods of an undeclared kind is rewritten: an operator creates pods with whatever privileges it asks for.',
  references: {},
  kinds: 'custom',
  *checkResource(resource, {policy}) {
    const {pods, settings} = unknownPodsIn(resource, readText, policy.workloads);
    for (const pod of pods) yield unknown(pod);
    for (const setting of settings) {
      const {path, inText, container} = setting;
      const where =
        inText === undefined
          ? ': the kind is not declared, so nothing rewrites it'
          : `, in the ${inText.is} at "${toPointer(inText.path)}": nothing rewrites a text`;
      const {severity, gain} = judgementOf(setting);
      yield {
        path,
        severity,
        message: `${gain}${where}`,
        ...(container === undefined ? {} : {container}),
      };
    }
    for (const path of podPatchesIn(resource)) {
      yield {
        path,
        severity: 'high',
        message:
          '`podSpecPatch` is merged into the pods when they are created, and no rule reads it: it can add any privilege',
      };
    }
  },
};

function unknown({path, place, holds}: UnknownPod): Violation {
  if (holds === 'template' || holds === 'spec') {
    const more = holds === 'template' ? '' : `, holds: ${holds}`;
    const message = `no rule checks these pods: declare the kind under \`workloads\` in the policy, with \`path: "${place}"${more}\``;
    return {path, message};
  }
  return {path, ...undeclarable[holds]};
}

const undeclarable = {
  container: {
    message:
      'this looks like a container (an `image` with a `securityContext`), but no rule checks it',
  },
  manifests: {message: 'no rule checks the pods in this text of manifests'},
  expression: {
    severity: 'high',
    message:
      'this expression seems to create pods, and no rule reads it: it can ask for any privilege',
  },
} as const;

interface Judgement {
  readonly severity: Severity;
  /** The setting, and what it gives. */
  readonly gain: string;
}

function judgementOf({what, text}: UnsafeSetting): Judgement {
  if (what === 'host-path') return ofFolder(text);
  const {severity, gives} = gains[what];
  return {severity, gain: `\`${text}\` ${gives}`};
}

function ofFolder(folder: string): Judgement {
  const place = placeOf(folder);
  const gain = `\`hostPath\` shows a pod "${folder}" of its node`;
  if (socketIn(place) !== undefined) return {severity: 'critical', gain};
  return {severity: isSensitive(place) ? 'high' : 'medium', gain};
}

/** Each has the severity of the rule that finds it in a pod. */
const gains: Readonly<
  Record<Exclude<UnsafeField, 'host-path'>, {readonly severity: Severity; readonly gives: string}>
> = {
  privileged: {
    severity: 'critical',
    gives: 'gives a container every capability and device of its node',
  },
  'privileged-somewhere': {
    severity: 'medium',
    gives: 'may give a container every capability and device of its node',
  },
  'sys-admin': {
    severity: 'critical',
    gives:
      'gives a container CAP_SYS_ADMIN: control over mounts, namespaces and the kernel of its node',
  },
  'host-process': {
    severity: 'critical',
    gives: 'runs a container as a process of its Windows node',
  },
  'host-network': {severity: 'high', gives: 'puts a pod on the network of its node'},
  'host-pid': {severity: 'high', gives: 'lets a pod see the processes of its node'},
  'host-ipc': {severity: 'high', gives: 'gives a pod access to the shared memory of its node'},
  'host-port': {severity: 'high', gives: 'opens a port of the node'},
  'root-user': {severity: 'medium', gives: 'makes a container run as root'},
};
