import type {Verdict} from '../check/verdict.ts';
import {
  asList,
  asMap,
  asString,
  type Json,
  type JsonMap,
  type Path,
  textOf,
  toPointer,
  valueAt,
} from '../json.ts';
import {capabilitiesOf, capabilityName} from '../kubernetes/capabilities.ts';
import {hostPathVolumesOf} from '../kubernetes/host-path.ts';
import {endsFirst, type PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import {VolumeUses} from '../kubernetes/volume-mounts.ts';
import {rulesByUse} from '../policy/uses.ts';
import type {Fact} from './posture.ts';

/** A field at fault: its value, its path, and the object that has it. */
interface Field {
  readonly value: Json | undefined;
  readonly path: Path;
  readonly object: JsonMap;
}

const capability = ({value}: Field): string => `capability ${capabilityName(textOf(value))}`;

/** What the findings of a rule say in a few words; the name of the container follows. */
const words: Readonly<Record<string, string | ((field: Field) => string | undefined)>> = {
  'no-host-process': 'host process',
  'no-host-network': 'host network',
  'no-host-port': hostPortText,
  'no-host-pid': 'host PID namespace',
  'no-host-ipc': 'host IPC namespace',
  'no-shared-processes': 'shared process namespace',
  'no-privileged': 'privileged',
  'drop-all-capabilities': ({value}) =>
    asList(asMap(value)?.['drop']).includes('ALL') ? undefined : 'default capabilities',
  'no-extra-capabilities': capability,
  'no-sys-admin': capability,
  'no-privilege-escalation': 'privilege escalation',
  'no-root': 'root allowed',
  'no-root-user': 'user 0',
  'no-root-group': ({path}) => (path.includes('runAsGroup') ? 'group 0' : 'additional group 0'),
  'no-unconfined-seccomp': 'seccomp unconfined',
  'require-seccomp': 'no seccomp profile',
  'no-unconfined-apparmor': 'AppArmor unconfined',
  'no-custom-selinux': ({value, path}) => `SELinux ${path.at(-1)} ${textOf(value)}`,
  'no-unmasked-proc': 'unmasked /proc',
  'no-unmasked-proc-in-user-namespace': 'unmasked /proc in a user namespace',
  'no-unsafe-sysctls': ({value}) => `sysctl ${textOf(asMap(value)?.['name'])}`,
  'no-host-probes': ({value}) => `probe of host ${textOf(value)}`,
  'read-only-root': 'writable root file system',
  'restricted-volumes': ({path}) => `volume of type ${path.at(-1)}`,
  'no-default-service-account': 'default service account',
  'no-automounted-token': 'unused API token',
};

/** The rules whose findings are privileges. */
export const privilegeRules: readonly string[] = [...Object.keys(words), ...rulesByUse.hostPaths];

/** After the name of an init container that ends before the others start. */
export const initMark = ' (init)';

/** Says in a few words what the findings in one object mean. */
export class PrivilegeWords {
  readonly #resource: Resource;
  readonly #names: StableNames;
  readonly #pods: readonly PodSpec[];
  #hostPaths: ReadonlyMap<string, string> | undefined;

  constructor(resource: Resource, names: StableNames, pods: readonly PodSpec[]) {
    this.#resource = resource;
    this.#names = names;
    this.#pods = pods;
  }

  /** Undefined if the rule is about something else. */
  of({rule, violation: {path, container}}: Verdict): string | undefined {
    if (rulesByUse.hostPaths.includes(rule.id)) return this.#hostPathAt(path);
    const word = Object.hasOwn(words, rule.id) ? words[rule.id] : undefined;
    if (word === undefined || path.at(-1) === 'hostPath') return undefined;
    const {value: object} = this.#resource;
    const text =
      typeof word === 'string' ? word : word({value: valueAt(object, path), path, object});
    if (container === undefined || text === undefined) return text;
    return `${text} in ${this.#names.within(container, this.#resource)}${this.#markAt(path)}`;
  }

  #markAt(path: Path): string {
    const at = path.indexOf('initContainers');
    const container = at === -1 ? undefined : valueAt(this.#resource.value, path.slice(0, at + 2));
    const isInit = at !== -1 && asMap(container)?.['restartPolicy'] !== 'Always';
    return isInit ? initMark : '';
  }

  /** The capabilities that the containers add; rules allow the default ones, which are then told only here. */
  *addedCapabilities(): Iterable<Fact> {
    for (const {containers} of this.#pods) {
      for (const container of containers) {
        const mark = endsFirst(container) ? initMark : '';
        for (const {name} of capabilitiesOf(container, 'add')) {
          const where = this.#names.within(container.name, this.#resource);
          yield {text: `capability ${name} in ${where}${mark}`, severity: 'low'};
        }
      }
    }
  }

  /** The host folder that the volume or mount at `path` shows: the same text for all of its findings. */
  #hostPathAt(path: Path): string | undefined {
    this.#hostPaths ??= hostPathsIn(this.#pods);
    for (let length = path.length; length > 0; length--) {
      const text = this.#hostPaths.get(toPointer(path.slice(0, length)));
      if (text !== undefined) return text;
    }
    return `host path ${textOf(valueAt(this.#resource.value, path))}`;
  }
}

/** On the host network every port is one of the node: API servers add them to the manifest, or do not. */
function hostPortText({path, object}: Field): string | undefined {
  const {hostPort, hostIP, containerPort, protocol} =
    asMap(valueAt(object, path.slice(0, -1))) ?? {};
  const pod = asMap(valueAt(object, path.slice(0, path.lastIndexOf('ports') - 2)));
  if (pod?.['hostNetwork'] === true && hostPort === containerPort) return undefined;
  const address = asString(hostIP) ?? '';
  return `host port ${address === '' ? '' : `${address} `}${textOf(hostPort ?? containerPort)}/${asString(protocol) ?? 'TCP'}`;
}

/** The host folders of pods, by the paths of their volumes and of their mounts. */
function hostPathsIn(pods: readonly PodSpec[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const pod of pods) {
    const volumes = hostPathVolumesOf(pod);
    if (volumes.length === 0) continue;
    const all = new VolumeUses(pod);
    for (const {name, text, path} of volumes) {
      const uses = all.take(name).filter(({list}) => list === 'volumeMounts');
      const isWritten = uses.some(({value}) => value['readOnly'] !== true);
      const told = `host path ${text}${isWritten ? ', writable' : ''}`;
      texts.set(toPointer(path), told);
      for (const use of uses) texts.set(toPointer(use.path), told);
    }
  }
  return texts;
}
