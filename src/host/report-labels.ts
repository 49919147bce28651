import {UsageError} from '../errors.ts';
import {isLabelKey, isLabelValue} from '../kubernetes/names.ts';

/** Labels for report objects from options: `run=nightly`. @throws {UsageError} if the API server would refuse one */
export function reportLabels(pairs: readonly string[] = []): Readonly<Record<string, string>> {
  const labels = pairs.map(pair => {
    const at = pair.indexOf('=');
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at !== -1 && isLabelKey(key) && isLabelValue(value)) return [key, value] as const;
    throw new UsageError(`--report-label must be KEY=VALUE as labels of Kubernetes, not "${pair}"`);
  });
  return Object.fromEntries(labels);
}
