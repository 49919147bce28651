import {execa} from 'execa';
import type {JsonMap} from '../../src/json.ts';
import {stringify} from '../../src/yaml/emit.ts';

export interface CheckedPolicy {
  readonly name: string;
  /** The kinds against whose schemas the expressions were checked. */
  readonly types: readonly string[];
  /** Errors of the oldest API server that serves the policies. */
  readonly faults: readonly string[];
  /** What the API server would write into `status.typeChecking`. */
  readonly warnings: readonly string[];
}

/** A request to the API server: it creates `object`, replaces `old` by it, or connects. */
export interface AdmissionRequest {
  /** One document. */
  readonly object?: string;
  readonly old?: string;
  readonly connect?: 'portforward' | 'exec' | 'attach' | 'proxy';
  readonly resource?: 'pods' | 'services' | 'nodes';
  readonly subresource?: string;
  readonly namespace?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
}

export interface Outcome {
  /** Why there is no verdict: Kubernetes cannot decode the object. */
  readonly error?: string;
  /** The message of the denial, or an empty text. */
  readonly denied: string;
  readonly warnings: readonly string[];
  /** The messages that go to the audit log. */
  readonly audited: readonly string[];
}

/**
 * The checks of the API server when policies are created.
 *
 * @param executable The `admission-policy-oracle` of the catalogue.
 */
export function checkPolicies(
  executable: string,
  objects: readonly JsonMap[],
): Promise<CheckedPolicy[]> {
  return ask(executable, 'check', {manifests: objects.map(stringify)});
}

/**
 * The result of the API server's admission plugin for each request, in a cluster with these
 * policies, bindings and namespaces; the namespace `default` always exists.
 *
 * @param executable The `admission-policy-oracle` of the catalogue.
 */
export function admit(
  executable: string,
  objects: readonly JsonMap[],
  requests: readonly AdmissionRequest[],
  namespaces: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<Outcome[]> {
  return ask(executable, 'admit', {
    manifests: objects.map(stringify),
    namespaces: {default: {}, ...namespaces},
    requests: requests.map(request => ({
      namespace: 'default',
      resource: 'pods',
      user: 'alice',
      ...request,
    })),
  });
}

/** One process at a time: each compiles all expressions, and ava starts all tests of a file at once. */
let last: Promise<unknown> = Promise.resolve();

function ask<Answer>(executable: string, mode: string, question: object): Promise<Answer> {
  const answer = last.then(async () => {
    const input = JSON.stringify(question);
    const {stdout} = await execa(executable, [mode], {input, maxBuffer: 1e9});
    return JSON.parse(stdout) as Answer;
  });
  last = answer.catch(() => undefined);
  return answer;
}
