import {loadCompiler, nothingDeclared} from '../../src/cel/compile.ts';
import {Budget, type Scope} from '../../src/cel/evaluate.ts';
import {CelError, fromJson, Unknown, type Value} from '../../src/cel/values.ts';
import type {JsonMap} from '../../src/json.ts';
import {admit, checkPolicies} from '../guard/oracle.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {expressions} from './expressions.ts';

const oracle = 'admission-policy-oracle';

const object: JsonMap = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'default', labels: {app: 'web'}},
  spec: {
    replicas: 3,
    selector: {matchLabels: {app: 'web'}},
    template: {
      metadata: {labels: {app: 'web'}},
      spec: {
        containers: [
          {name: 'web', image: 'example.com/web:1'},
          {name: 'side', image: 'example.com/side:1'},
        ],
      },
    },
  },
};

const everything = Object.values(expressions).flat();

/** The variables that the expressions may read. */
const variables: Readonly<Record<string, string>> = {
  one: '1',
  text: "'a'",
  list: '[1, 2]',
  map: "{'a': 1}",
  some: 'object.?spec.?replicas',
  nothing: 'object.?spec.?missing',
  containers: 'object.?spec.?template.?spec.?containers',
  labels: 'object.?spec.?selector.?matchLabels',
};

/** What only newer API servers compile than the oldest that serves admission policies. */
const isNewer = (expression: string): boolean =>
  /\b(?:all|exists|existsOne|transformList|transformMap)\(\w, \w, |\.sign\(\)/.test(expression);

testWithTools(oracle)('each expression is judged as the API server does, or refused', async t => {
  const compile = await loadCompiler();
  const theirs = await answersOf(everything);
  const differing = everything.flatMap((expression, index) => {
    const ours = answerOf(expression, compile);
    const wanted = theirs[index];
    const isSame =
      ours === wanted ||
      ours === 'refused' ||
      ours === 'unknown' ||
      (wanted === 'refused' && (ours === 'fails' || isNewer(expression)));
    return isSame ? [] : [`${expression}: ${ours}, and not ${wanted}`];
  });
  t.deepEqual(differing, []);
});

/** The answer of this project. */
function answerOf(expression: string, compile: Awaited<ReturnType<typeof loadCompiler>>): string {
  const values: Readonly<Record<string, Value>> = {
    object: fromJson(object),
    oldObject: null,
    request: new Map<string, Value>([
      ['operation', 'CREATE'],
      ['kind', fromJson({group: 'apps', version: 'v1', kind: 'Deployment'})],
      ['namespace', 'default'],
      ['userInfo', new Unknown('the user of a request')],
    ]),
  };
  const scope: Scope = {find: name => values[name]};
  const types = new Map<string, string>();
  const found = new Map<string, Value>();
  for (const [name, text] of Object.entries(variables)) {
    const variable = compile(text, 'any', nothingDeclared);
    types.set(name, variable.type);
    found.set(name, variable.evaluate(scope, new Budget()));
  }
  const within: Scope = {find: name => (name === 'variables' ? found : values[name])};
  try {
    const compiled = compile(expression, 'bool', {variables: types, hasParams: false});
    return String(compiled.evaluate(within, new Budget()));
  } catch (error) {
    if (!(error instanceof CelError)) return 'refused';
    return error.name === 'UnknownError' ? 'unknown' : 'fails';
  }
}

/** The answers of the API server's code: `refused` if it does not compile the expression. */
async function answersOf(texts: readonly string[]): Promise<readonly string[]> {
  const checked = await checkPolicies(
    toolPath(oracle),
    texts.map((each, index) => policyOf(index, [each])),
  );
  const compiled = texts.filter((_, index) => checked[index]?.faults.length === 0);
  const audited = new Set<string>();
  // The plugin reports only so many messages for one request.
  for (let at = 0; at < compiled.length; at += 40) {
    const objects = [policyOf(at, compiled.slice(at, at + 40)), bindingOf(at)];
    const [outcome] = await admit(toolPath(oracle), objects, [{object: JSON.stringify(object)}]);
    for (const message of outcome?.audited ?? []) audited.add(message);
  }
  return texts.map(text => {
    const index = compiled.indexOf(text);
    if (index === -1) return 'refused';
    if (audited.has(`${index} is false`)) return 'false';
    const failure = `expression '${text}' resulted in error`;
    return [...audited].some(message => message.startsWith(failure)) ? 'fails' : 'true';
  });
}

/** A policy with these conditions, which are numbered from `index` on. */
function policyOf(index: number, conditions: readonly string[]): JsonMap {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: {name: `policy-${index}`},
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['deployments'],
          },
        ],
      },
      variables: Object.entries(variables).map(([name, expression]) => ({name, expression})),
      validations: conditions.map((expression, at) => ({
        expression,
        message: `${index + at} is false`,
      })),
    },
  };
}

const bindingOf = (index: number): JsonMap => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: {name: `policy-${index}`},
  spec: {policyName: `policy-${index}`, validationActions: ['Audit']},
});
