import {customRule} from '../admission/custom-rule.ts';
import {expressionMessage} from '../admission/expression-message.ts';
import {type AdmissionText, readAdmissionPolicies} from '../admission/read.ts';
import {type Compile, ExpressionError, loadCompiler} from '../cel/compile.ts';
import {PolicyError, type PolicyMistake} from '../errors.ts';
import type {CustomRule, WrittenRule} from '../policy/policy.ts';
import type {Origin, PolicyLayer} from './layers.ts';

/** Reads a file that a policy names at `origin`: its name as it is shown, and its text. */
export type ReadNamed = (file: string, origin: Origin) => AdmissionText;

/**
 * `layer` with its own rules, and the admission policies that it names, compiled. Only now the libraries for CEL are
 * loaded.
 *
 * @throws {UsageError} with the place of each expression that is wrong, or cannot be judged
 */
export async function compileLayer(
  {uncompiled, ...layer}: PolicyLayer,
  read: ReadNamed,
): Promise<PolicyLayer> {
  if (uncompiled === undefined) return layer;
  const compile = await loadCompiler();
  const customRules = compiledRules(layer, uncompiled.customRules, compile);
  const files = uncompiled.admissionPolicies.map((file, at) =>
    read(file, layer.originOf(['admissionPolicies', at])),
  );
  const admissionPolicies = readAdmissionPolicies(files, compile);
  return {
    ...layer,
    choices: {
      ...layer.choices,
      ...(customRules.length === 0 ? {} : {customRules}),
      ...(files.length === 0
        ? {}
        : {
            admissionPolicies: uncompiled.admissionPolicies.map((file, at) => ({
              file,
              rules: admissionPolicies[at] ?? [],
            })),
          }),
    },
  };
}

function compiledRules(
  {originOf}: PolicyLayer,
  written: readonly WrittenRule[],
  compile: Compile,
): readonly CustomRule[] {
  const mistakes: PolicyMistake[] = [];
  const compiled = written.flatMap((rule, at) => {
    try {
      return [customRule(rule, compile)];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const {option: _, ...place} = originOf(['customRules', at, 'expression']);
      mistakes.push({
        message: expressionMessage(`the rule ${rule.id}`, rule.expression, error),
        place,
      });
      return [];
    }
  });
  if (mistakes.length > 0) throw new PolicyError(mistakes);
  return compiled;
}
