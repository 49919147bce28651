/** A floor of the house: what lies in it may import what lies further down, and nothing above. */
export interface Layer {
  /** Folders and files below `src`, each with what lies in it. */
  readonly places: readonly string[];
  readonly holds: string;
  readonly mustNot: string;
  /** Files below `src` that may touch process, files, the clock or the network. */
  readonly impure?: readonly string[];
}

/** From the top down. `npm run layers` writes ARCHITECTURE.md's table and Biome's rules from it. */
export const layers: readonly Layer[] = [
  {
    places: ['cli.ts'],
    holds: 'from the arguments to a command',
    mustNot: 'load what the command does not need',
    impure: ['cli.ts'],
  },
  {
    places: ['commands/'],
    holds: 'one command a file',
    mustNot: 'know a rule',
    impure: ['commands/**'],
  },
  {
    places: ['library.ts'],
    holds: 'the library: what programs import',
    mustNot: 'do I/O',
  },
  {
    places: ['host/'],
    holds: 'what commands share: standard streams, options, targets, Helm, kustomize, exit codes',
    mustNot: 'know a rule',
    impure: ['host/**'],
  },
  {
    places: ['report/'],
    holds: 'one report format a file',
    mustNot: 'decide anything',
  },
  {
    places: ['network-report.ts'],
    holds: 'the second main path: from bytes to who can reach whom',
    mustNot: 'do I/O',
  },
  {
    places: ['network/reach/'],
    holds: 'who can reach whom, as the network policies have it',
    mustNot: 'make policies',
  },
  {
    places: ['guard/'],
    holds: 'admission policies, put together from the checks',
    mustNot: 'edit text, do I/O',
  },
  {
    places: ['guard/checks/'],
    holds: 'one check a file, as data',
    mustNot: 'know other checks’ policies',
  },
  {
    places: ['guard/language/'],
    holds: 'what a check is, and CEL text',
    mustNot: 'know a check',
  },
  {
    places: ['decisions.ts'],
    holds: 'what a policy leaves to its user, and the entries that decide it',
    mustNot: 'do I/O',
  },
  {
    places: ['harden.ts'],
    holds: 'the main path: from text to hardened text',
    mustNot: 'touch text, do I/O',
  },
  {
    places: ['findings/'],
    holds: 'verdicts, placed in the source',
    mustNot: 'judge',
  },
  {
    places: ['config/'],
    holds: 'what users write: the schema of the policy file, profiles, loading',
    mustNot: 'run what it reads; only `find.ts` and `load.ts` read files',
    impure: ['config/find.ts', 'config/load.ts'],
  },
  {
    places: ['check/'],
    holds: 'runs the rules over an object until nothing is left to rewrite',
    mustNot: 'touch text, do I/O',
  },
  {
    places: ['evidence/'],
    holds: 'what in the manifests shows that a workload needs what a rewrite takes',
    mustNot: 'decide what follows',
  },
  {
    places: ['rules/'],
    holds: 'one rule a file, and their index',
    mustNot: 'edit text, do I/O',
  },
  {
    places: ['stream/'],
    holds: 'documents and their exact ranges, `List`s, KRM ResourceLists; writing the stream',
    mustNot: 'know a rule',
  },
  {
    places: ['network/policies/'],
    holds: 'the NetworkPolicies to add',
    mustNot: 'know what shows a connection',
  },
  {
    places: ['network/needs/'],
    holds: 'who needs to reach whom, and the field that shows it',
    mustNot: 'make policies',
  },
  {
    places: ['policy/'],
    holds: 'what rules read of a policy: selectors, exceptions, versions',
    mustNot: 'read files',
  },
  {
    places: ['yaml/'],
    holds:
      'splitting and reading as Kubernetes reads (`scan.ts`, `compose.ts`); turning a changed value into changed text',
    mustNot: 'know Kubernetes’ kinds',
  },
  {
    places: ['kubernetes/'],
    holds: 'where pod specs live; containers, capabilities, selectors; the index of a stream',
    mustNot: 'report findings',
  },
  {
    places: ['text/'],
    holds: 'makes text safe to show; suggestions',
    mustNot: 'know what it shows',
  },
  {
    places: ['edits.ts', 'errors.ts', 'json.ts', 'severity.ts', 'version.ts'],
    holds: 'words that all share',
    mustNot: 'import anything from above',
  },
];
