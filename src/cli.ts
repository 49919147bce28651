import {RefusedError} from './commands/refused.ts';
import {type Place, UsageError} from './errors.ts';
import {safeText} from './report/safe-text.ts';
import {version} from './version.ts';

const help = `kube-harden: hardens Kubernetes manifests where they are rendered

  kube-harden [render]       stdin to stdout, unsafe settings rewritten
  kube-harden audit TARGET…  report on manifests, folders, charts, or - for stdin
  kube-harden explain RULE   what a rule demands, why, and what its rewrite does
  kube-harden rules          all rules

  --config FILE                  the policy; else kube-harden.yaml is looked for
  --profile NAME[,NAME]          audit, essential (default), baseline, restricted, strict
  --pod-security-version v1.N    the version of the Pod Security Standards (latest)
  --format NAME                  table, json, markdown (render: on stderr; default summary)
  --report-file FILE             also write the report, by ending: .json, .md, .txt
  --no-annotate                  do not list the rules applied in an annotation
  --block-on SEVERITY|none       render: refuse the stream while such findings remain
  --fail-on SEVERITY|none        audit: exit 1 on such findings (high)
  --values FILE, --set KEY=VALUE audit: passed on to helm

exit codes: 0 done; 1 findings at or above the threshold, or the stream was refused;
2 the input, the policy or the call could not be used
`;

const verbs: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> =
  {
    render: async () => (await import('./commands/render.ts')).render,
    audit: async () => (await import('./commands/audit.ts')).audit,
    explain: async () => (await import('./commands/explain.ts')).explain,
    rules: async () => (await import('./commands/rules.ts')).rules,
  };

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  if (args.includes('--version')) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const [first = ''] = args;
  const isVerb = first !== '' && !first.startsWith('-');
  const verb = isVerb ? first : 'render';
  if (!Object.hasOwn(verbs, verb)) {
    throw new UsageError(`"${first}" is no verb: see \`kube-harden --help\``);
  }
  const run = await verbs[verb]?.();
  return (await run?.(isVerb ? args.slice(1) : args)) ?? 2;
}

/** Says what went wrong, and gives the exit code. A crash never looks like success. */
async function fail(error: unknown): Promise<number> {
  const isRefused = error instanceof RefusedError;
  const reason = isRefused ? `refused: ${error.message}` : describe(error);
  process.stderr.write(`kube-harden: ${reason}\n`);
  const {isHelm4, refusalForHelm4} = await import('./commands/helm-4.ts');
  if (isHelm4()) {
    process.stdout.write(refusalForHelm4(isRefused ? error.message : reason));
    return 0;
  }
  return isRefused ? 1 : 2;
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return safeText(`${placeText(error.place)}${error.message}`);
  if (error instanceof Error && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code))) {
    return safeText(error.message);
  }
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function placeText({file, document, line, column}: Place): string {
  const parts = [
    file,
    document === undefined ? undefined : `document ${document}`,
    line === undefined ? undefined : `line ${line}`,
    column === undefined ? undefined : `column ${column}`,
  ].filter(part => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}

process.exitCode = 2;
void main(process.argv.slice(2))
  .catch(fail)
  .then(code => {
    process.exitCode = code;
  });
