import type {PlacedEdge} from '../../network-report.ts';

/** The ports of an edge, as every format but JSON writes them. */
export const portsText = ({ports}: PlacedEdge): string =>
  ports.length === 0 ? 'every port' : ports.join(', ');
