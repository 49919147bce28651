import {UsageError} from '../errors.ts';

/** The chart is one that Helm refuses to install: it only has templates for other charts. */
export class LibraryChartError extends UsageError {}
