import type {Report} from './report.ts';

/** What the author of the manifests must do about what remains: the rules, each with its remedy. */
export const remediesOf = ({findings}: Report): ReadonlyMap<string, string> =>
  new Map(
    findings
      .filter(({status}) => status === 'flagged')
      .map(({rule, remedy}) => [rule, remedy] as const),
  );
