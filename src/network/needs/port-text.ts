import {type JsonMap, textOf} from '../../json.ts';

/** A NetworkPolicyPort in short form: `8080`, `53/UDP`, `30000-32767`, `http`, `UDP`. */
export function portText(rule: JsonMap | undefined): string {
  const {port, endPort, protocol} = rule ?? {};
  const isTcp = protocol === undefined || protocol === 'TCP';
  if (port === undefined) return isTcp ? 'TCP' : textOf(protocol);
  const range = endPort === undefined ? textOf(port) : `${textOf(port)}-${textOf(endPort)}`;
  return isTcp ? range : `${range}/${textOf(protocol)}`;
}
