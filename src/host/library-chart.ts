import {UsageError} from '../errors.ts';

/** The chart is one that Helm refuses to install: it has templates for other charts alone. */
export class LibraryChartError extends UsageError {}
