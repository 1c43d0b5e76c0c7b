import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { batchShape, errorShape } from '../api/shapes/batch.ts';
import { batch } from './batch-shape.ts';
import type { Answer, Route } from './route.ts';

/** The OpenAPI 3.1 document of the native API: the route table, and `POST /v1/batch`, which a wire answers. */
export function openApi(table: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {
    '/v1/batch': { post: batchOperation },
  };
  for (const route of table) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Selfsame',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      summary: 'Who is this, really? What people did, who they are, and why.',
      description:
        'Writes take the public or the server key, reads the server key, as `Authorization: Bearer`. ' +
        'An id of another project looks like one that does not exist.',
    },
    // Where the description itself was read.
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        serverKey: { type: 'http', scheme: 'bearer', description: 'Secret, for backends: reads and writes.' },
        publicKey: { type: 'http', scheme: 'bearer', description: 'Stands in web pages: writes only.' },
      },
      schemas: { Error: schemaOf(errorShape) },
    },
    paths,
  };
}

/** Of a body that was not read. */
const bodyErrors = {
  '408': 'The body took too long.',
  '413': 'The body is too large.',
  '415': 'The body is not JSON, or packed in a way that is not known here.',
};

const operationOf = (route: Route): object => ({
  summary: route.summary,
  operationId: operationId(route),
  security: [{ serverKey: [] }],
  parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
  ...(route.body === undefined
    ? {}
    : { requestBody: { required: route.body.type !== 'optional', content: contentOf({ json: route.body }) } }),
  responses: {
    ...('none' in route.answer ? { '204': { description: 'It is done.' } } : successes(route, contentOf(route.answer))),
    ...errors({
      '400': 'A field is not as it must be; the message names it.',
      '401': 'The key is missing or unknown.',
      '403': 'A public key reads nothing.',
      ...(route.params === undefined && !route.refuses?.includes(404) ? {} : { '404': 'There is no such thing here.' }),
      ...(route.refuses?.includes(409) ? { '409': 'As things stand it cannot be; the message says why.' } : {}),
      ...(route.body === undefined ? {} : bodyErrors),
      '429': 'Too much at a time: try again later.',
      '503': 'The server is busy, starting or stopping: try again.',
    }),
  },
});

function successes({ success = [200] }: Route, content: object): object {
  const said = { 200: 'The answer.', 201: 'It is made.', 202: 'It has begun.' };
  return Object.fromEntries(success.map((status) => [status, { description: said[status], content }]));
}

const batchOperation = {
  summary: 'Stores items and answers what became of each, in order, once they are on disk.',
  operationId: 'postBatch',
  security: [{ serverKey: [] }, { publicKey: [] }, {}],
  requestBody: { required: true, content: contentOf({ json: batch }) },
  responses: {
    '200': { description: 'A result for every item.', content: contentOf({ json: batchShape }) },
    ...errors({
      '400': 'The batch cannot be read; nothing was stored.',
      '401': 'The key is missing or unknown.',
      ...bodyErrors,
      '429': 'Too many items or requests: send it again after Retry-After.',
      '503': 'Nothing was stored: send it again after Retry-After.',
    }),
  },
};

/** `getPeopleIdEvents` for `GET /v1/people/:id/events`. */
const operationId = ({ method, path }: Route): string =>
  method.toLowerCase() +
  path
    .replace('/v1', '')
    .split(/[/:]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

function parametersOf(schema: v.GenericSchema | undefined, place: 'path' | 'query'): readonly object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema);
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: one,
  }));
}

function contentOf(answer: Exclude<Answer, { readonly none: true }>): object {
  return 'json' in answer
    ? { 'application/json': { schema: schemaOf(answer.json) } }
    : { [answer.stream]: { schema: { type: 'string' } } };
}

function errors(said: Readonly<Record<string, string>>): object {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(Object.entries(said).map(([status, description]) => [status, { description, content }]));
}

/** What a caller may send, before our own checks change it; those have no word in JSON Schema. */
function schemaOf(schema: v.GenericSchema): JsonSchema {
  const { $schema, ...rest } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
  });
  return rest;
}
