import {type Compile, nothingDeclared} from '../cel/compile.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {CustomRule, Judgement, WrittenRule} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {judge, unknown} from './judge.ts';
import {judgedObject, unknownNamespace} from './judged.ts';
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
    judge: (resource, stream) => {
      const object = judgedObject(resource, stream);
      const asked = askedVersion(match, resource);
      return asked === undefined ? judge(policy, object) : convertedTo(asked, match, object);
    },
  };
}

function isMatched({objects, namespaces}: WrittenRule['match'], {resource, namespace}: Judged) {
  if (!objects.some(each => isOf(each, resource))) return false;
  if (namespaces === undefined) return true;
  if (namespace === undefined) return {on: unknownNamespace};
  return namespaces.some(pattern => matches(pattern, namespace));
}

type MatchedObject = WrittenRule['match']['objects'][number];

function isOf({apiVersion, kind}: MatchedObject, {group, version, kind: ownKind}: Resource) {
  const wanted = parseGroupVersion(apiVersion);
  return wanted?.group === group && wanted.version === version && kind === ownKind;
}

/** The version that a rule asks about, if it is about objects of this kind, but not as they are written. */
function askedVersion({objects}: WrittenRule['match'], resource: Resource): string | undefined {
  if (objects.some(each => isOf(each, resource))) return undefined;
  return objects.find(
    ({apiVersion, kind}) =>
      kind === resource.kind && parseGroupVersion(apiVersion)?.group === resource.group,
  )?.apiVersion;
}

/**
 * The API server converts an object to the version that a policy names (`matchPolicy: Equivalent`, the default), and
 * judges it then. Only its author can write it in that version here, so that it does not escape the rule.
 */
function convertedTo(
  asked: string,
  {namespaces}: WrittenRule['match'],
  {resource: {apiVersion}, namespace}: Judged,
): readonly Judgement[] {
  const isElsewhere =
    namespace !== undefined && namespaces?.some(each => matches(each, namespace)) === false;
  if (isElsewhere) return [];
  if (namespaces !== undefined && namespace === undefined) return [unknown(unknownNamespace)];
  const message = `the object is written in ${apiVersion}, and the rule is about ${asked}, to which the API server would convert it: write it in ${asked}, or add ${apiVersion} to \`objects\` of the rule`;
  return [{message, part: ''}];
}
