import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { conformanceShape } from '../api/shapes/project.ts';
import type { ConformanceAnswer } from '../api.ts';
import { defineRoute, notFound } from './route.ts';

const written = fileURLToPath(new URL('../../../../docs/conformance.json', import.meta.url));

/** The last run's results as they were written. 404 where the server runs without its repository. */
const read = async (): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(written, 'utf8')) as ConformanceAnswer;
  } catch {
    return notFound('conformance run');
  }
};

export const conformance = defineRoute({
  method: 'GET',
  path: '/v1/conformance',
  summary: "What the vendors' own clients did against this server, from the last run of their test suites.",
  answer: { json: conformanceShape },
  handle: read,
});
