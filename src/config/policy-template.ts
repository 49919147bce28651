import {emitFlow} from '../yaml/emit.ts';

/** What a new policy file says besides its comments. */
export interface TemplateChoices {
  /** Absent if those of the extended policy, or the default, are meant. */
  readonly profiles?: readonly string[];
  /** The path of the policy to extend, from the folder of the file. */
  readonly base?: string;
  /** Whether entries follow: then no example of entries is needed. */
  readonly hasEntries: boolean;
}

/** The name of the JSON Schema next to a policy, for editors. */
export const schemaFile = 'kube-harden.schema.json';

/**
 * A policy file with a comment for each key. A `#` before a key without a space can be removed to use the key.
 */
export const policyTemplate = ({profiles, base, hasEntries}: TemplateChoices): string =>
  `# yaml-language-server: $schema=./${schemaFile}
#
# The policy of kube-harden. Remove the \`#\` before a key to set it.
# \`kube-harden policy show\` prints what applies, \`kube-harden policy check\` finds mistakes.

# The policy that this one refines: a path from this folder.
${base === undefined ? '#extends: ../kube-harden.yaml' : `extends: ${emitFlow(base)}`}

# The sets of rules: audit, essential, baseline, restricted, strict. Of several, the stricter mode of a rule counts.
${profileLine(profiles, base)}

# What to do about single rules, whatever the profiles say: off, flag or fix. \`kube-harden rules\` lists the rules.
#rules:
#  pin-images: flag
#  no-automounted-token: fix

# Render refuses a stream with such a finding, or a more severe one: none, low, medium, high, critical.
#blockOn: critical

# An audit exits with 1 for such a finding, or a more severe one.
#failOn: high

# What to do where a workload seems to need a setting: wait for a decision, refuse the stream, or fix. \`fixAll: true\` is
# another name for \`undecided: fix\`.
#undecided: wait

# Whether entries that expired or match nothing fail an audit and refuse a stream.
#strict: true

# The connections that the added NetworkPolicies admit: deny, least, release, workloads; for egress also open.
#networkPolicy:
#  ingress: least
#  egress: open
#  unnamed: release

# Whether render lists the applied rules in an annotation of each rewritten object.
#annotate: true

# What the images say: \`kube-harden images TARGET\` writes the file (docs/images.md).
#images: kube-harden-images.yaml

# Where images may come from, and where the same images are.
#registries:
#  allowed: [registry.example.com]
#  mirrors: {docker.io: registry.example.com/docker}

# Where the pod specs of custom resources are, for kinds that kube-harden does not know.
#workloads:
#  - {group: example.com, kind: Fleet, path: "spec.groups[*].template"}

# Rules of your own in CEL, and files with admission policies that the cluster has (docs/custom-rules.md).
#customRules: []
#admissionPolicies: []

# Where objects may except themselves, with the annotation \`kube-harden.io/allow\`.
#trustAnnotations:
#  - rules: [no-root]
#    match: {namespace: sandbox}

# The version of the Pod Security Standards.
#podSecurityVersion: latest

# What policies that extend this one must not loosen.
#locked:
#  - profile
#  - exceptions.no-privileged
${hasEntries ? '' : exampleEntries}`;

/** A policy that extends another one leaves its profiles alone: the other one may lock them. */
function profileLine(profiles: TemplateChoices['profiles'], base: string | undefined): string {
  if (profiles === undefined) return base === undefined ? 'profile: essential' : '#profile: strict';
  return `profile: ${emitFlow(profiles.length === 1 ? (profiles[0] ?? '') : profiles)}`;
}

const exampleEntries = `
# What is allowed although a rule finds it. \`kube-harden decide TARGET\` adds entries.
#exceptions:
#  - rules: [no-host-port]
#    match: {kind: DaemonSet, namespace: monitoring, name: "node-exporter-*"}
#    reason: scraped on the node's address
#    approver: platform team
#    ticket: OPS-123
#    expires: "2099-12-31"

# What is public on purpose: Services, Ingresses, Gateways and routes.
#exposed:
#  - match: {kind: Service, namespace: shop, name: web}
#    reason: the shop's front door
`;
