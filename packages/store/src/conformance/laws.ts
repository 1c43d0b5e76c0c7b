import type { Law } from './law.ts';
import { commits } from './laws/commits.ts';
import { feed } from './laws/feed.ts';
import { live } from './laws/live.ts';
import { projects } from './laws/projects.ts';
import { reading } from './laws/reading.ts';
import { undo } from './laws/undo.ts';
import { writers } from './laws/writers.ts';

/** Every law of a store. */
export const laws: readonly Law[] = [...commits, ...reading, ...projects, ...feed, ...undo, ...live, ...writers];
