import type {KnownTable} from './entry.ts';

export const table: KnownTable = {day: '2026-12-01', images: {}};
