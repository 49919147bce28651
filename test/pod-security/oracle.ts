import {execa} from 'execa';

export type Level = 'baseline' | 'restricted';

/** A pod, or a workload with a pod template, and the standard to check it against. */
export interface Evaluation {
  readonly level: Level;
  /** `latest`, or a Kubernetes version such as `v1.34`. */
  readonly version: string;
  /** One document. */
  readonly yaml: string;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly forbidden: readonly {
    /** The check's id in k8s.io/pod-security-admission, such as `hostNamespaces`. */
    readonly check: string;
    readonly reason: string;
    readonly detail: string;
  }[];
  /** Why there is no verdict: Kubernetes cannot decode the document, or it has no pod. */
  readonly error?: string;
}

export interface Decoded {
  /** Whether the kind is built into Kubernetes; others are unknown. */
  readonly builtIn: boolean;
  /** Unknown and duplicate fields, which `--validate=strict` refuses. */
  readonly strict: readonly string[];
  /** What every validation mode refuses, such as a field of the wrong type. */
  readonly error?: string;
}

/**
 * The verdicts of the official Pod Security evaluator, in the order of the questions. It checks an
 * object as written, with the only default of the API server that matters: an emptyDir for a volume
 * without a source.
 *
 * @param executable The `pod-security-oracle` of the catalogue.
 */
export function evaluatePods(
  executable: string,
  evaluations: readonly Evaluation[],
): Promise<Verdict[]> {
  const questions = evaluations.map(question => ({...question, yaml: base64(question.yaml)}));
  return ask<Verdict>(executable, 'evaluate', questions);
}

/**
 * The result of strict decoding into Kubernetes' own types for each document, in order.
 *
 * @param executable The `pod-security-oracle` of the catalogue.
 */
export function decodeStrictly(
  executable: string,
  documents: readonly string[],
): Promise<Decoded[]> {
  const questions = documents.map(document => ({yaml: base64(document)}));
  return ask<Decoded>(executable, 'decode', questions);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function ask<Answer>(
  executable: string,
  mode: string,
  questions: readonly object[],
): Promise<Answer[]> {
  const {stdout} = await execa(executable, [mode], {
    input: questions.map(question => JSON.stringify(question)).join('\n'),
    maxBuffer: 1e9,
  });
  const answers = stdout.split('\n').filter(line => line !== '');
  if (answers.length !== questions.length) {
    throw new Error(`the oracle gave ${answers.length} answers to ${questions.length} questions`);
  }
  return answers.map(line => JSON.parse(line) as Answer);
}
