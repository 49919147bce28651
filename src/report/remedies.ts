import type {Report} from './report.ts';

/** The remedy of each rule with remaining findings. */
export const remediesOf = ({findings}: Report): ReadonlyMap<string, string> =>
  new Map(
    findings
      .filter(({status}) => status === 'flagged')
      .map(({rule, remedy}) => [rule, remedy] as const),
  );
