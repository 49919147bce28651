import {UsageError} from '../errors.ts';
import {flagsOf} from '../host/call.ts';
import type {KnownOptions} from '../host/environment.ts';
import {parseCall, requireOneOf} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';

const configOption = `  --config FILE                the policy file (default: the nearest kube-harden.yaml)
`;

const readingOptions = `  --pod-security-version v1.N  version of the Pod Security Standards (latest)
  --crds FILE|FOLDER           definitions of custom resources, which show where these contain pods (repeatable)
`;

const policyOptions = `${configOption}  --profile NAME[,NAME]        audit, essential (default), baseline, restricted, strict
${readingOptions}  --undecided wait|refuse|fix  what to do with settings that a workload seems to need
                               (audit only shows it)
  --fix-all                    same as --undecided fix
  --rule ID[,ID]               only these rules, for this run; * stands for any text
  --skip-rule ID[,ID]          without these rules, for this run
`;

const strictOption = `  --strict                     entries of the policy that expired or match nothing count as a failure
`;

const judgingOptions = `  --min-severity low|medium|high|critical
                               only findings of at least that severity, for this run
${strictOption}`;

const blockOnOption = `  --block-on low|medium|high|critical|none
                               refuse the stream if such a finding, or a more severe one, remains (none)
`;

const skippedOption = `  --allow-skipped              accept files that could be applied but were skipped (else exit 2)
`;

const runningHelp = `
What runs, instead of targets; nothing is changed:

  --release NAME               without a target: an installed release, by \`helm get manifest\`
  --cluster                    the objects in a cluster, by \`kubectl get\`; name a namespace with -n
  --context NAME               context of the kubeconfig
  -A, --all-namespaces         all namespaces, the default of --cluster
`;

const exitCodes = `exit codes: 0 success; 1 findings at or above the threshold, or the stream was refused;
2 invalid input, policy or command line, or something could not be checked
`;

const helmHelp = `Charts are rendered with the helm on the PATH. These options are passed to it:

  -f, --values FILE            --set KEY=VALUE         --set-string KEY=VALUE
  --set-json KEY=JSON          --set-file KEY=FILE
  -n, --namespace NAME         --kube-version VERSION  --api-versions GROUP/VERSION
  --chart-version VERSION      version of a chart of a registry, or the versions that it may have
  --release NAME               name of the release (release-name)

The namespace is also that of manifests which name none.

Helm gets no cluster, and unless you say otherwise no repositories, logins or plugins (docs/targets.md):

  --repo URL                   targets are charts of this repository; without a target, all of them
  --dependency-update          fetch missing dependencies of charts, into a temporary folder
  --plain-http                 registries have no TLS
  --helm-config                use your own configuration of Helm
  --helm-timeout SECONDS       how long each call of helm may take (120)
  --helm-memory MEGABYTES      how much memory it may have, on Linux (1000)
`;

const overview = `kube-harden: hardens Kubernetes manifests as they are rendered

  kube-harden [render [FILE]]  harden stdin or a file, and print it (the default)
  kube-harden audit TARGET…    report on manifests, folders, charts, or stdin (-)
  kube-harden merge REPORT…    make one report of the JSON reports of audits
  kube-harden decide TARGET…   add exceptions for everything undecided to the policy
  kube-harden images TARGET…   ask registries what images say, for the lock file of images
  kube-harden init [TARGET…]   write a policy with a comment for each key, and decisions
  kube-harden baseline TARGET… write what matters for security into a lock file
  kube-harden diff TARGET…     show what got worse or better since the lock file, or another target
  kube-harden explain RULE…    show what a rule requires, why, and what it rewrites
  kube-harden rules            list all rules
  kube-harden network TARGET…  show who can reach whom, before and after hardening
  kube-harden patches TARGET…  print the hardening as kustomize patches, for Flux and Argo CD
  kube-harden profiles TARGET… print AppArmor profiles for the Security Profiles Operator
  kube-harden policy show      print the policy that applies, with the origin of each value
  kube-harden policy check FILE…  validate policy files
  kube-harden policy schema    print the JSON Schema of policy files
  kube-harden guard            print admission policies that enforce the same policy
  kube-harden completion SHELL print completions for bash, zsh or fish
  kube-harden help [COMMAND]   show this help, or that of a command; same as --help
  kube-harden --version        print the version

Variables set options: KUBE_HARDEN_FAIL_ON=critical is --fail-on critical. Options override them.

${exitCodes}`;

/** The page of help of each command. */
export const pages: Readonly<Record<string, string>> = {
  render: `kube-harden [render [FILE]]: hardens a rendered stream, from stdin or a file to stdout

${policyOptions}${judgingOptions}${blockOnOption}  --format NAME                report format on stderr: summary (default), table, json, markdown,
                               sarif, github, gitlab
  --report FILE                also write a report (repeatable): .json, .md, .html, .txt, .sarif, .xml (JUnit),
                               or FORMAT=FILE with a format of audit, html, junit or job-summary
  --report-file FILE           same as --report FILE
  --no-annotate                do not list the applied rules in an annotation
  -n, --namespace NAME         that of manifests which name none; Helm does not tell it
  --diff                       print what changes instead of the manifests, as a unified diff
  --color auto|always|never    colors of the diff (auto: on a terminal, unless NO_COLOR is set)

The summary goes to stderr. Under Helm, pass each option as --post-renderer-args=--OPTION=VALUE.
A functionConfig counts as your own policy only under kustomize or kpt (docs/security.md). Where
kube-harden cannot detect them, set KUBE_HARDEN_CALLER=kustomize in the environment.

exit codes: 0 success; 1 the stream was refused, by --block-on, --undecided refuse or --strict;
2 invalid input, policy or command line
`,
  audit: `kube-harden audit TARGET… | --cluster: reports findings, and rewrites nothing

A target is a manifest, a folder of manifests, kustomizations and charts, a chart (a folder, a .tgz,
oci://…, https://…, REPOSITORY/CHART), or - for stdin. Put a target that begins with - after --. A kustomization is
built by the kustomize on the PATH, or else by kubectl.

${policyOptions}${judgingOptions}  --fail-on low|medium|high|critical|none
                               exit 1 if there is such a finding, or a more severe one (high)
  --baseline FILE              a lock file of \`kube-harden baseline\`: only what is new counts
${skippedOption}  --format NAME                table (default), json, markdown, sarif; github: workflow commands
                               that annotate files; gitlab: a code quality report;
                               openreports, policyreport: objects for a cluster
  --report FILE                also write a report (repeatable): .json, .md, .html, .txt, .sarif, .xml (JUnit),
                               .gitlab.json, .openreports.json, .policyreport.json, or FORMAT=FILE
                               with a format above, html, junit or job-summary
  --report-file FILE           same as --report FILE
  --report-label KEY=VALUE     label report objects (repeatable)
  --color auto|always|never    colors of the table (auto: on a terminal, unless NO_COLOR is set)
  -q, --quiet                  only the summary, and no progress
  --verbose                    each finding with its line, its evidence and what to write to keep it
  --framework NAME[,NAME]      group by controls: cis, nsa, pss, nist-800-53, pci-dss, mitre
  --suggest-values             find the values of a chart that fix its findings, and prove them by
                               rendering; with =FILE, also write them to a values file
  --values-matrix FILE         also render charts with this file of values, and tell under which values a
                               finding appears; ci: with each file in their folder ci (repeatable)

Many targets at once (docs/fleet.md):

  -j, --jobs NUMBER            how many processes audit (1); auto: one for each processor
  --shard NUMBER/COUNT         only this part of the targets: 2/5, or job/5 in a pod of an Indexed Job;
                               kube-harden merge makes one report of all parts
  --no-cache                   render and audit every chart again

A cluster is read with the kubectl on the PATH, and never changed (docs/cluster.md):

  --cluster                    audit what runs in a cluster, instead of targets
  --context NAME               a context of the kubeconfig (default: the current one)
  -n, --namespace NAME         only in this namespace (repeatable)
  -A, --all-namespaces         in all namespaces, with what belongs to none (the default)

${helmHelp}
exit codes: 0 success; 1 a finding at or above --fail-on, or with --strict a stale entry; 2 invalid
input, policy or command line, or a target that was skipped or failed. --undecided only changes what the report shows, not the exit code.
`,
  merge: `kube-harden merge REPORT…: makes one report of the JSON reports of audits

Takes the reports of all shards of an audit, or of audits of different targets, as files or as folders of .json
files. The policy must be the one of the audits (docs/fleet.md).

${policyOptions}${judgingOptions}  --fail-on low|medium|high|critical|none
                               exit 1 if there is such a finding, or a more severe one (high)
${skippedOption}  --format NAME                table (default), json, markdown, sarif, github, gitlab, openreports,
                               policyreport
  --report FILE                also write a report (repeatable): .json, .md, .html, .txt, .sarif, .xml (JUnit),
                               .gitlab.json, .openreports.json, .policyreport.json, or FORMAT=FILE
                               with a format above, html, junit or job-summary; a page then shows no
                               changes and no network, of which JSON reports do not tell
  --report-file FILE           same as --report FILE
  --report-label KEY=VALUE     label report objects (repeatable)
  --color auto|always|never    colors of the table (auto: on a terminal, unless NO_COLOR is set)
  -q, --quiet                  only the summary
  --verbose                    each finding with its line, its evidence and what to write to keep it

exit codes: 0 success; 1 a finding at or above --fail-on, or with --strict a stale entry; 2 invalid report, policy
or command line, reports that do not belong together, or a target that was skipped or failed
`,
  decide: `kube-harden decide TARGET…: adds exceptions for everything undecided to the policy

Each finding that waits for a decision, is only flagged, or cuts off clients gets an entry under
\`exceptions\` or \`exposed\`, with the evidence as the reason. Targets and Helm options are those of
\`kube-harden audit\`. The rest of the policy file is kept; if there is none, ./kube-harden.yaml is
created. A policy inside a chart is never changed.

${policyOptions}${skippedOption}  --print                      print the entries, and write nothing
  --interactive                ask about each entry whether to keep it, and why
  --expires YYYY-MM-DD         last day of each entry (default: a comment to fill in)

${helmHelp}
exit codes: 0 success; 1 an object has no name by which an entry could allow it;
2 invalid input, policy or command line, or a target that was skipped or failed
`,
  baseline: `kube-harden baseline TARGET… | --release NAME | --cluster: writes what matters for security into a lock file

Targets and Helm options are those of \`kube-harden audit\`. All rules are asked, whatever the policy chooses
(docs/diff.md).

${configOption}${readingOptions}${skippedOption}  -o, --output FILE            write the file, instead of printing it
${runningHelp}
${helmHelp}
exit codes: 0 success; 2 invalid input, policy or command line, or a target that was skipped or failed
`,
  diff: `kube-harden diff TARGET… | --release NAME | --cluster: shows what got worse and what got better for security

Targets and Helm options are those of \`kube-harden audit\`. All rules are asked, whatever the policy chooses
(docs/diff.md).

${configOption}${readingOptions}${skippedOption}  --against FILE|TARGET        what to compare with: a lock file (.lock, .yaml or .yml; by default
                               kube-harden.lock), or a target
  --update                     accept: rewrite the lock file
  --fail-on low|medium|high|critical|none
                               exit 1 if something this severe, or more, got worse (high)
  --format NAME                table (default), json, markdown
${runningHelp}
${helmHelp}
exit codes: 0 nothing at or above --fail-on got worse; 1 something did; 2 invalid input, policy, lock
file or command line, or a target that was skipped or failed
`,
  images: `kube-harden images [TARGET…]: asks registries what images say, and writes the lock file of images

Targets and Helm options are those of \`kube-harden audit\`; without one, the images in the lock file. It is the
one that the policy names, or kube-harden-images.yaml beside the policy. Only manifests and configurations
are read, with the credentials that \`docker login\` has stored (docs/images.md).

${policyOptions}${skippedOption}  -o, --output FILE            the lock file to write
  --print                      print it instead
  --check                      write nothing; exit 1 if a tag has moved, or an image is not in the file
  --passwd                     also look up the numbers of named users, in the layers
  --platform OS/ARCH           read this platform (linux/amd64 and linux/arm64; repeatable)
  --from [IMAGE=]PATH          a folder in the OCI layout, or an archive of \`docker save\`: its images are
                               read there (repeatable)
  --insecure-registry HOST     a registry on this machine that speaks HTTP (repeatable)
  --token-host HOST            also ask this host for tokens, with your credentials (repeatable)
  --same-host                  follow no redirect to another host
  --verify                     have the cosign on the PATH verify each digest, and keep its verdict
  --cosign-key FILE            the public key of the signatures
  --cosign-identity TEXT       the identity of keyless signatures; --cosign-issuer is needed too
  --cosign-issuer URL          who has vouched for it

${helmHelp}
exit codes: 0 success; 1 a tag has moved, an image is missing, or cosign has refused one; 2 invalid input,
policy or command line, or an image or a target that could not be read
`,
  network: `kube-harden network TARGET…: shows who can reach whom on which port, before and after hardening, and why

Targets and Helm options are those of \`kube-harden audit\`.

${policyOptions}${skippedOption}  --format NAME                table (default), json, markdown, mermaid, dot, html (one page for a browser,
                               which loads nothing)
  --compare LEVEL,LEVEL        what changes from one level of networkPolicy.ingress to another: deny,
                               least, release, workloads
  --diff TARGET                what changes from that target to the others
  --learn FILE                 print declarations for flows that were seen and are not open: Hubble's
                               JSON, lines of conntrack -L, metrics of Istio or Linkerd as JSON

${helmHelp}
exit codes: 0 success; 2 invalid input, policy or command line, or a target that was skipped or failed
`,
  patches: `kube-harden patches TARGET…: prints the hardening as kustomize patches, and the NetworkPolicies it adds

For Flux and Argo CD, where no program can run on the manifests, and for reviews of the hardening. Targets
and Helm options are those of \`kube-harden audit\`.

${policyOptions}${judgingOptions}${skippedOption}${blockOnOption}  --no-annotate                do not list the applied rules in an annotation
  --format NAME                kustomization (default: a component), flux (postRenderers), argocd
  --output FOLDER              write the files into a folder
  --check FOLDER               exit 1 if the files in a folder are not what would be written

${helmHelp}
exit codes: 0 success; 1 files are out of date, an object has no name that a patch could select, or the
stream was refused; 2 invalid input, policy or command line, or a target that was skipped or failed
`,
  profiles: `kube-harden profiles TARGET…: prints an AppArmorProfile for each workload, and the field that uses it

The objects are those of the Security Profiles Operator, which loads them on the nodes (docs/profiles.md).
Targets and Helm options are those of \`kube-harden audit\`.

${policyOptions}${skippedOption}  --mode NAME                  complain (default: what a profile does not allow is logged), enforce

${helmHelp}
exit codes: 0 success; 2 invalid input, policy or command line, or a target that was skipped or failed
`,
  policy: `kube-harden policy show: prints the policy that applies, with the file and line of each value

The output is a policy file that is the same policy. Comments give the origin of each value, and list
what the policy does about each rule.

${policyOptions}${strictOption}${blockOnOption}  --fail-on low|medium|high|critical|none
                               exit 1 of audit if there is such a finding, or a more severe one (high)
  --no-annotate                do not list the applied rules in an annotation
  --format NAME                yaml (default), json

kube-harden policy check FILE…: validates policy files, and prints each mistake with its file, line and column

kube-harden policy schema: prints the JSON Schema of policy files, for editors

exit codes: 0 success; 2 invalid policy or command line
`,
  completion: `kube-harden completion bash|zsh|fish: prints a script that completes commands, options and their values

Load it in the start-up file of the shell: source <(kube-harden completion bash), or with zsh after compinit;
for fish: kube-harden completion fish | source
`,
  init: `kube-harden init [TARGET…]: writes a policy with a comment for each key, and its schema for editors

Given targets, the policy also gets the entries that \`kube-harden decide\` would add for them. If another
policy applies in the folder, the new one extends it.

  --config FILE                the file to write (kube-harden.yaml)
  --profile NAME[,NAME]        its profiles (essential)
  --force                      replace existing files
  --expires YYYY-MM-DD         last day of each entry (default: a comment to fill in)
${skippedOption}
${helmHelp}
exit codes: 0 success; 1 an object cannot be allowed by an entry; 2 invalid target or command line, a file
that exists, or a target that was skipped or failed
`,
  help: `kube-harden help [COMMAND]: shows the commands, or the options of a command

  --man                        print the manual page: save it as kube-harden.1
`,
  explain: `kube-harden explain RULE|CONTROL…: shows what a rule requires, why, and what it rewrites

A control of a standard, such as 5.2.12, C-0044 or T1611, stands for the rules that enforce it.

  --config FILE                the policy with the rule, if it is not a built-in one
  --color auto|always|never    colors (auto: on a terminal, unless NO_COLOR is set)
`,
  rules: `kube-harden rules: lists all rules, with those of the policy: what is rewritten, and by which profiles

  --config FILE                the policy file (default: the nearest kube-harden.yaml)
  --format NAME                table (default), json
  --color auto|always|never    colors (auto: on a terminal, unless NO_COLOR is set)
`,
  guard: `kube-harden guard [connections|manifests]: prints admission policies for the cluster

connections denies port-forward; manifests enforces the policy on what bypasses the pipeline.
By default both are printed. What they cannot enforce is listed on stderr.

${policyOptions}  --action Audit|Warn|Deny     action for what render rewrites, and for connections (Deny)
  --flag-action ACTION|none    action for what render only flags (Warn; with Audit, Audit)
  --exec, --attach, --proxy    also deny these connections
  --instead TEXT               what to do instead, in the message of a denied connection
  --exclude-namespace NAME     exempt a namespace (repeatable)
  --exclude-label KEY=VALUE    exempt namespaces with a label (repeatable)
  --exclude-group NAME         exempt members of a group (repeatable)
  --include-kube-system        also check manifests in kube-system
  --failure-policy Fail|Ignore what a failing expression means (Fail: denied)

exit codes: 0 success; 2 invalid policy or command line
`,
};

/** Actions that take none of the options of their command. */
const withoutOptions: Readonly<Record<string, readonly string[]>> = {policy: ['check', 'schema']};

/** The options of a call, and those of all commands: each page of help names every option. */
export async function knownOptions(verb: string, args: readonly string[]): Promise<KnownOptions> {
  const {commandsIn} = await import('./help-table.ts');
  const commands = commandsIn(pages);
  const namesOf = (some: typeof commands) =>
    some.flatMap(({options}) => options.map(({name}) => name));
  const hasOptions = !args.some(arg => withoutOptions[verb]?.includes(arg));
  return {
    flags: flagsOf[verb] ?? [],
    ofCommand: namesOf(commands.filter(each => hasOptions && each.verb === verb)),
    ofAny: [...new Set(namesOf(commands))],
  };
}

/** The commands whose help lists an option, such as `--block-on`. */
export async function commandsWith(option: string): Promise<readonly string[]> {
  const {commandsIn} = await import('./help-table.ts');
  return commandsIn(pages)
    .filter(({options}) => options.some(({name}) => `--${name}` === option))
    .map(({verb}) => verb);
}

/** The help text of a command, or the overview if it has none. */
export const helpOf = (verb: string | undefined): string =>
  (verb !== undefined && Object.hasOwn(pages, verb) ? pages[verb] : undefined) ?? overview;

/**
 * Prints the help of a command, or the overview. @throws {UsageError} if there is no such command
 */
export async function help(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {man: {type: 'boolean'}},
  });
  const [verb, more] = positionals;
  if (more !== undefined) throw new UsageError('help takes one command: `kube-harden help audit`');
  if (verb !== undefined) requireOneOf('the command', verb, Object.keys(pages));
  if (values.man === true) {
    const {manPage} = await import('./man-page.ts');
    const {commandsIn} = await import('./help-table.ts');
    await writeReport(manPage(commandsIn(pages)));
  } else await writeReport(helpOf(verb));
  return 0;
}
