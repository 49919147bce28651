import {readFileSync} from 'node:fs';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {type NetworkReport, networkReport} from '../../src/network-report.ts';
import {networkFormats} from '../../src/report/network/formats.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {renderedFile} from '../fixtures/charts.ts';

/** The graph of the shop in docs/network.md: ingress with `ingress: least`. */
export function shopTable(): string {
  const text = readFileSync(renderedFile('shop'), 'utf8');
  const policy = resolvePolicy({networkPolicy: {ingress: 'least'}});
  const {before, after} = networkReport(readStream(text, 'shop.yaml'), policy);
  const waysIn: NetworkReport = {
    notes: [],
    before: before.filter(({to}) => to !== 'anywhere'),
    after: after.filter(({to}) => to !== 'anywhere'),
  };
  return (networkFormats['markdown']?.(waysIn) ?? '').replaceAll('## ', '### ');
}
