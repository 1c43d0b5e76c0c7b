import { useProject } from '../api/project.ts';
import { type Times, timesIn } from './times.ts';

/** How the chosen project writes times. */
export const useTimes = (): Times => timesIn(useProject().timeZone);
