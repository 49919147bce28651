import {isOpen} from '../findings/finding.ts';
import type {Report} from './report.ts';

/** The remedy of each rule with remaining findings. */
export const remediesOf = ({findings}: Report): ReadonlyMap<string, string> =>
  new Map(findings.filter(isOpen).map(({rule, remedy}) => [rule, remedy] as const));
