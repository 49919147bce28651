import {asList, asMap, asString, type JsonMap, type Path} from '../json.ts';
import {credentialIn, isPlaceholder, isSecretName} from '../kubernetes/credentials.ts';
import type {Severity} from '../severity.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted, in containers, init and ephemeral containers: `env[*].value`, `command` and `args`;
 * in ConfigMaps: `data` and `binaryData`. Their texts must not contain a credential of a known
 * form, such as a private key or a token, nor a password in a URL. The value of a variable, an
 * option or a key whose name ends in `password`, `token`, `secret-key` or the like must not be a
 * literal.
 *
 * Values are never shown.
 */
export const noLiteralCredentials: Rule = {
  id: 'no-literal-credentials',
  title: 'Credentials must not be literals',
  severity: 'medium',
  remedy:
    'Put the credential into a Secret from outside of the manifests, replace it because it is known now, and mount it as a file.',
  rationale:
    'Manifests, ConfigMaps and the command lines of processes are read by many, and kept in git for ever: whoever finds the credential there can use it.',
  references: {kubescape: ['C-0012'], nsa: 'Network separation and hardening'},
  kinds: ['ConfigMap'],
  *checkContainer({name, value, path}) {
    for (const found of inContainer(value, path)) yield {...found, container: name};
  },
  *checkResource({kind, group, value}) {
    if (kind !== 'ConfigMap' || group !== '') return;
    for (const [key, item] of Object.entries(asMap(value['data']) ?? {})) {
      const found = typeof item === 'string' ? inText(key, item, ['data', key]) : undefined;
      if (found !== undefined) yield found;
    }
    for (const [key, item] of Object.entries(asMap(value['binaryData']) ?? {})) {
      if (typeof item !== 'string' || item.length > mostBinary) continue;
      const text = Buffer.from(item, 'base64').toString('latin1');
      const found = inText(key, text, ['binaryData', key]);
      if (found !== undefined) yield found;
    }
  },
};

/** An API server takes at most 1 MiB for a ConfigMap. */
const mostBinary = 2_000_000;

function* inContainer(container: JsonMap, path: Path): Iterable<Violation> {
  for (const [index, item] of asList(container['env']).entries()) {
    const variable = asMap(item);
    const name = asString(variable?.['name']) ?? '';
    const value = asString(variable?.['value']);
    if (value === undefined) continue;
    const found = inText(name, value, [...path, 'env', index, 'value']);
    if (found !== undefined) yield found;
  }
  for (const list of ['command', 'args']) {
    const items = asList(container[list]).map(item => asString(item) ?? '');
    for (const [index, item] of items.entries()) {
      const [, option, value] = /^--?([A-Za-z][\w.-]*)=(.*)$/s.exec(item) ?? [];
      const before = /^--([A-Za-z][\w.-]*)$/.exec(items[index - 1] ?? '')?.[1];
      const isValue = before !== undefined && !item.startsWith('-');
      const found = inText(
        option ?? (isValue ? before : ''),
        option === undefined ? item : (value ?? ''),
        [...path, list, index],
      );
      if (found !== undefined) yield found;
    }
  }
}

/** The credential in `text`, which is the value of something called `name`. */
function inText(name: string, text: string, path: Path): Violation | undefined {
  const what = credentialIn(text);
  if (what !== undefined) return violation(path, `the text contains ${what}`, 'high');
  if (isSecretName(name) && !text.trim().includes('\n') && !isPlaceholder(text)) {
    return violation(path, `\`${name}\` is set to a literal`);
  }
  return undefined;
}

const violation = (path: Path, what: string, severity?: Severity): Violation => ({
  path,
  message: `${what}: whoever reads the manifest or the object has the credential`,
  ...(severity === undefined ? {} : {severity}),
});
