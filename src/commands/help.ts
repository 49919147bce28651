import {UsageError} from '../errors.ts';
import {parseCall, requireOneOf} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';

const policyOptions = `  --config FILE                the policy; else kube-harden.yaml is looked for
  --profile NAME[,NAME]        audit, essential (default), baseline, restricted, strict
  --pod-security-version v1.N  the version of the Pod Security Standards (latest)
  --undecided wait|refuse|fix  rewrites against which something speaks (as the profile says)
  --fix-all                    the same as --undecided fix
`;

const skippedOption = `  --allow-skipped              let pass what of a folder could be applied and was not judged (exit 2)
`;

const exitCodes = `exit codes: 0 done; 1 findings at or above the threshold, or the stream was refused;
2 the input, the policy or the call could not be used
`;

const helmHelp = `A chart is rendered by the helm on the PATH, and these are passed on to it:

  -f, --values FILE            --set KEY=VALUE         --set-string KEY=VALUE
  -n, --namespace NAME         --kube-version VERSION  --api-versions GROUP/VERSION
  --chart-version VERSION      the chart's version, at an address
  --release NAME               the release's name (release-name)
`;

const overview = `kube-harden: hardens Kubernetes manifests where they are rendered

  kube-harden [render [FILE]]  stdin or a file to stdout, unsafe settings rewritten
  kube-harden audit TARGET…    report on manifests, folders, charts, or - for stdin
  kube-harden decide TARGET…   write into the policy what allows all that is left to decide
  kube-harden explain RULE     what a rule demands, why, and what its rewrite does
  kube-harden rules            all rules
  kube-harden network TARGET…  who can reach whom on which port, before and after, and why
  kube-harden guard            admission policies that hold a cluster to the same policy
  kube-harden help [VERB]      this, or the options of a verb; --help does the same
  kube-harden --version        the version

${exitCodes}`;

const verbs: Readonly<Record<string, string>> = {
  render: `kube-harden [render [FILE]]: hardens a rendered stream, from stdin or a file to stdout

${policyOptions}  --block-on SEVERITY|none     refuse the stream while such findings remain (none)
  --format NAME                summary (default), table, json, markdown, sarif: on stderr
  --report-file FILE           write the report, by ending: .json, .md, .txt, .sarif
  --no-annotate                do not list the rules applied in an annotation

The summary is on stderr. Under Helm each option is a --post-renderer-args=--OPTION=VALUE.
KUBE_HARDEN_CALLER=kustomize, in the environment, says that kustomize or kpt calls where that cannot be
seen: only then is a functionConfig the user's policy (docs/security.md).

${exitCodes}`,
  audit: `kube-harden audit TARGET…: reports, and rewrites nothing

A target is a manifest, a folder of manifests and charts, a chart (a folder, a .tgz, oci://…,
https://…), or - for stdin. One that begins with - comes after --.

${policyOptions}  --fail-on SEVERITY|none      exit 1 on such findings (high)
${skippedOption}  --format NAME                table (default), json, markdown, sarif
  --report-file FILE           also write the report, by ending: .json, .md, .txt, .sarif

${helmHelp}
${exitCodes}`,
  decide: `kube-harden decide TARGET…: writes into the policy what allows all that is left to decide

What waits for a decision, is cut off or is only flagged gets an entry under \`exceptions\` or
\`exposed\`, with what shows its need as the reason. Targets, and the options that go to helm, are
those of \`kube-harden audit\`. What stands in the policy file stays as it is; where there is none,
./kube-harden.yaml is made. A policy in a chart is never written to.

${policyOptions}${skippedOption}  --print                      print the entries on stdout, and write nothing
  --interactive                ask of each entry whether to keep it, and why
  --expires YYYY-MM-DD         the last day of each entry (none: a comment to fill in)

${helmHelp}
exit codes: 0 done; 1 something has no name by which an entry could allow it;
2 the input, the policy or the call could not be used
`,
  network: `kube-harden network TARGET…: who can reach whom on which port, before and after, and why

Targets, and the options that go to helm, are those of \`kube-harden audit\`.

${policyOptions}${skippedOption}  --format NAME                table (default), json, markdown, mermaid, dot

${helmHelp}
${exitCodes}`,
  help: `kube-harden help [VERB]: what there is, or the options of a verb
`,
  explain: `kube-harden explain RULE: what a rule demands, why, and what its rewrite does
`,
  rules: `kube-harden rules: all rules

  --format NAME  table (default), json
`,
  guard: `kube-harden guard [connections|manifests]: admission policies for the cluster, on stdout

connections denies port-forward; manifests holds what bypasses the pipeline to the policy.
Without either, both are printed. What cannot be expressed is said on stderr.

${policyOptions}  --action Audit|Warn|Deny     what becomes of what render rewrites, and of connections (Deny)
  --flag-action ACTION|none    what becomes of what render only flags (Warn; with Audit, Audit)
  --exec, --attach, --proxy    deny these connections as well as port-forward
  --instead TEXT               what a denied connection says to do instead
  --exclude-namespace NAME     leave a namespace alone; may be given several times
  --exclude-label KEY=VALUE    leave the namespaces with a label alone; likewise
  --exclude-group NAME         leave the members of a group alone; likewise
  --include-kube-system        ask the manifests of kube-system as well
  --failure-policy Fail|Ignore what an expression that fails means (Fail: not allowed)

${exitCodes}`,
};

/** What `--help` prints: of a verb, or of all where it has no page. */
export const helpOf = (verb: string | undefined): string =>
  (verb !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined) ?? overview;

/** Prints the page of a verb, or of all. @throws {UsageError} where there is no such verb */
export async function help(args: readonly string[]): Promise<number> {
  const {positionals} = parseCall({args: [...args], allowPositionals: true});
  const [verb, more] = positionals;
  if (more !== undefined) throw new UsageError('help takes one verb: `kube-harden help audit`');
  if (verb !== undefined) requireOneOf('what help tells of', verb, Object.keys(verbs));
  await writeReport(helpOf(verb));
  return 0;
}
