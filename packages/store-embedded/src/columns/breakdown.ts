import type { Parameters } from './parameters.ts';
import { jsonSql } from './property-text.ts';

/** A breakdown shows the most frequent values; the others are left out. */
export const MOST_VALUES = 50;

/** A trait of the person in `people p` as text. */
export const traitSql = (parameters: Parameters, trait: string): string => jsonSql(parameters, 'p.traits', trait);
