import type {Change} from '../../drift/change.ts';
import {severityCounts} from '../report.ts';

/** What `kube-harden diff` found. */
export interface DriftReport {
  /** What is compared with, by the name that the user gave it. */
  readonly before: string;
  readonly after: string;
  /** What got worse first; in each direction the worst first. */
  readonly changes: readonly Change[];
}

/** The two parts of a report, in order. */
export const directions = ['worse', 'better'] as const;

export const changesIn = (
  {changes}: DriftReport,
  direction: Change['direction'],
): readonly Change[] => changes.filter(each => each.direction === direction);

const phrases: Readonly<Record<Change['about'], (text: string) => string>> = {
  object: text => text,
  images: text => `image of ${text}`,
  privileges: text => text,
  account: text => `runs as ${text}`,
  exposure: text => text,
  leadsTo: text => `leads to ${text}`,
  reachableFrom: text => `reachable from ${text}`,
  connectsTo: text => `can connect to ${text}`,
  grants: text => `grants ${text}`,
  admission: text => text,
  exceptions: text => `exception ${text}`,
  findings: text => text,
};

/** A change in a few words, without its object. */
export function phraseOf({direction, about, text}: Change): string {
  const phrase = phrases[about](text);
  const isPast = direction === 'better' && !['object', 'images', 'admission'].includes(about);
  return isPast && !/ \(was \w+\)$/.test(text) ? `no longer ${phrase}` : phrase;
}

/** `2 worse (1 critical, 1 low), 1 better`. */
export function totalOf(report: DriftReport): string {
  return directions
    .map(direction => {
      const changes = changesIn(report, direction);
      const counts = severityCounts(changes);
      return `${changes.length} ${direction}${counts === '' ? '' : ` (${counts})`}`;
    })
    .join(', ');
}
