import type {JsonMap} from '../../json.ts';

/** A NetworkPolicyPort as people write it: `8080`, `53/UDP`, `30000-32767`, `http`, `UDP`. */
export function portText(rule: JsonMap | undefined): string {
  const {port, endPort, protocol} = rule ?? {};
  const isTcp = protocol === undefined || protocol === 'TCP';
  if (port === undefined) return isTcp ? 'TCP' : String(protocol);
  const range = endPort === undefined ? String(port) : `${String(port)}-${String(endPort)}`;
  return isTcp ? range : `${range}/${String(protocol)}`;
}
