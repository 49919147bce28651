import {type Compile, nothingDeclared} from '../cel/compile.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {CustomRule, WrittenRule} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {judge} from './judge.ts';
import {judgedObject} from './judged.ts';
import type {CompiledPolicy, Judged} from './policy.ts';

/** A rule of the policy, ready to be asked. @throws {ExpressionError} if its expression is refused */
export function customRule(written: WrittenRule, compile: Compile): CustomRule {
  const {id, severity, match, expression, message} = written;
  const policy: CompiledPolicy = {
    matches: object => isMatched(match, object),
    variables: [],
    conditions: [],
    validations: [{expression: compile(expression, 'bool', nothingDeclared), message}],
    ignoresFailures: false,
    bindings: [{matches: () => true, severity, params: () => ({is: 'none'})}],
  };
  return {
    id,
    title: written.title ?? message,
    severity,
    remedy: written.remedy ?? message,
    rationale: written.rationale ?? message,
    references: written.references ?? [],
    kinds: match.objects.map(({kind}) => kind),
    written,
    judge: (resource, stream) => judge(policy, judgedObject(resource, stream)),
  };
}

function isMatched({objects, namespaces}: WrittenRule['match'], {resource, namespace}: Judged) {
  if (!objects.some(each => isOf(each, resource))) return false;
  if (namespaces === undefined) return true;
  if (namespace === undefined) return 'the namespace of the object';
  return namespaces.some(pattern => matches(pattern, namespace));
}

function isOf(
  {apiVersion, kind}: WrittenRule['match']['objects'][number],
  {group, version, kind: ownKind}: Resource,
): boolean {
  const wanted = parseGroupVersion(apiVersion);
  return wanted?.group === group && wanted.version === version && kind === ownKind;
}
