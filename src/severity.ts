/** From the least to the worst. */
export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** A severity, or `none` if no finding counts. */
export type Threshold = Severity | 'none';

export const reaches = (severity: Severity, threshold: Threshold): boolean =>
  threshold !== 'none' && severities.indexOf(severity) >= severities.indexOf(threshold);

/** The rank of a threshold, the strictest first. */
export const rankOf = (threshold: Threshold): number => [...severities, 'none'].indexOf(threshold);

/** The more severe of two. */
export const worseOf = (one: Severity, other: Severity): Severity =>
  reaches(one, other) ? one : other;
