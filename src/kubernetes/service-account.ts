import {asString, type JsonMap} from '../json.ts';

/** The name of the account that a pod runs as. `serviceAccount` is the field's old name. */
export function accountOf(podSpec: JsonMap): string {
  const name = asString(podSpec['serviceAccountName']) || asString(podSpec['serviceAccount']);
  return name || 'default';
}
