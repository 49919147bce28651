import {asList, asMap, valueAt} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields, in containers, init and ephemeral containers: `env[*].valueFrom.secretKeyRef`
 * and `envFrom[*].secretRef`: must be absent.
 */
export const noSecretEnv: Rule = {
  id: 'no-secret-env',
  title: 'Secrets must be files, not environment variables',
  severity: 'low',
  remedy: 'Mount the Secret as a file instead of passing it in an environment variable.',
  rationale:
    'Environment variables are inherited by every child process and show up in crash reports, debug pages and /proc. A file is read only by what opens it.',
  references: {cis: ['5.4.1'], kubescape: ['C-0207']},
  *checkContainer({name, value, path}) {
    for (const [list, field] of places) {
      for (const [index, item] of asList(value[list]).entries()) {
        if (asMap(valueAt(asMap(item), field)) === undefined) continue;
        yield {
          path: [...path, list, index, ...field],
          container: name,
          message: `\`${field.join('.')}\` puts a Secret into the environment of container "${name}": mount it as a file instead`,
        };
      }
    }
  },
};

const places = [
  ['env', ['valueFrom', 'secretKeyRef']],
  ['envFrom', ['secretRef']],
] as const;
