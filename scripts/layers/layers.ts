/** A layer of the code: it may import from the layers below it, and from none above. */
export interface Layer {
  /** Folders and files in `src`, with everything in them. */
  readonly places: readonly string[];
  readonly holds: string;
  readonly mustNot: string;
  /** Files in `src` that may touch the process, files, the clock or the network. */
  readonly impure?: readonly string[];
}

/** From the top down. `npm run layers` generates the table in ARCHITECTURE.md and Biome's rules from it. */
export const layers: readonly Layer[] = [
  {
    places: ['cli.ts'],
    holds: 'from the arguments to a command',
    mustNot: 'load code that the command does not need',
    impure: ['cli.ts'],
  },
  {
    places: ['commands/'],
    holds: 'one command per file',
    mustNot: 'know a rule',
    impure: ['commands/**'],
  },
  {
    places: ['library.ts'],
    holds: 'the library that programs import',
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
    holds: 'one report format per file',
    mustNot: 'decide anything',
  },
  {
    places: ['values/'],
    holds: 'which values of a chart clear a finding, told by comparing renderings',
    mustNot: 'do I/O (it is given the rendering)',
  },
  {
    places: ['drift/'],
    holds:
      'what matters for security in a stream, the lock file with it, and what got worse or better',
    mustNot: 'do I/O',
  },
  {
    places: ['frameworks/'],
    holds: 'the controls of CIS, NIST and others, and what an audit says about each',
    mustNot: 'check anything',
  },
  {
    places: ['security-profiles.ts'],
    holds: 'AppArmor profiles from what manifests show',
    mustNot: 'do I/O',
  },
  {
    places: ['patches.ts'],
    holds: 'the hardening of a stream as patches and added objects',
    mustNot: 'do I/O',
  },
  {
    places: ['network-changes.ts', 'network-learn.ts'],
    holds: 'what changes between two states of the network, and what observed flows suggest',
    mustNot: 'do I/O',
  },
  {
    places: ['network-report.ts'],
    holds: 'the second main path: from bytes to who can reach whom',
    mustNot: 'do I/O',
  },
  {
    places: ['network/flows/'],
    holds: 'observed flows: reading them, and the workloads at their ends',
    mustNot: 'generate policies, do I/O',
  },
  {
    places: ['network/reach/'],
    holds: 'who can reach whom according to the network policies',
    mustNot: 'generate policies',
  },
  {
    places: ['guard/'],
    holds: 'admission policies, assembled from the checks',
    mustNot: 'edit text, do I/O',
  },
  {
    places: ['guard/checks/'],
    holds: 'one check per file, as data',
    mustNot: 'know the policies of other checks',
  },
  {
    places: ['guard/language/'],
    holds: 'the type of a check, and CEL text',
    mustNot: 'know a check',
  },
  {
    places: ['decisions.ts'],
    holds: 'what a policy leaves undecided, and the entries that decide it',
    mustNot: 'do I/O',
  },
  {
    places: ['harden.ts'],
    holds: 'the main path: from text to hardened text',
    mustNot: 'touch text, do I/O',
  },
  {
    places: ['findings/'],
    holds: 'verdicts with their positions in the source',
    mustNot: 'check anything',
  },
  {
    places: ['config/'],
    holds: 'what users write: the schema of the policy file, profiles, loading',
    mustNot: 'run what it reads (only `find.ts`, `load.ts` and `load-images.ts` read files)',
    impure: ['config/find.ts', 'config/load.ts', 'config/load-images.ts'],
  },
  {
    places: ['check/'],
    holds: 'running the rules over an object until nothing is left to rewrite',
    mustNot: 'touch text, do I/O',
  },
  {
    places: ['evidence/'],
    holds: 'evidence in the manifests that a workload needs what a rewrite takes away',
    mustNot: 'decide what follows from it',
  },
  {
    places: ['rules/'],
    holds: 'one rule per file, and their index',
    mustNot: 'edit text, do I/O',
  },
  {
    places: ['admission/'],
    holds:
      'admission policies of others, and rules of a policy: reading them, and judging an object',
    mustNot: 'know a rule, read files',
  },
  {
    places: ['images/lock/'],
    holds: 'the text of the lock file of images: reading and writing it',
    mustNot: 'read files',
  },
  {
    places: ['stream/'],
    holds: 'documents and their exact ranges, `List`s, KRM ResourceLists, writing the stream',
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
    mustNot: 'generate policies',
  },
  {
    places: ['policy/'],
    holds: 'the parts of a policy that rules read: selectors, exceptions, versions',
    mustNot: 'read files',
  },
  {
    places: ['images/'],
    holds:
      'names of images, what registries say about them, and what is known: a lock file, a table of well-known ones',
    mustNot: 'ask a registry',
  },
  {
    places: ['yaml/'],
    holds:
      'splitting and parsing as Kubernetes does (`scan.ts`, `compose.ts`), turning a changed value into changed text',
    mustNot: 'know the kinds of Kubernetes',
  },
  {
    places: ['cel/'],
    holds: 'CEL: which expressions are accepted, and their evaluation as in the API server',
    mustNot: 'know admission policies',
  },
  {
    places: ['kubernetes/'],
    holds: 'where pod specs are, containers, capabilities, selectors, the index of a stream',
    mustNot: 'report findings',
  },
  {
    places: ['text/'],
    holds: 'making text safe to show, suggestions',
    mustNot: 'know what is shown',
  },
  {
    places: [
      'edits.ts',
      'errors.ts',
      'json.ts',
      'json-patch.ts',
      'memoized.ts',
      'severity.ts',
      'sha256.ts',
      'version.ts',
    ],
    holds: 'types and helpers that everything uses',
    mustNot: 'import anything from above',
    impure: ['sha256.ts'],
  },
];
