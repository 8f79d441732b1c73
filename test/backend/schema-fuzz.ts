import fc from 'fast-check';
import { z } from 'zod';

const parameter = z.looseObject({ name: z.string(), in: z.string(), schema: z.looseObject({}) });
const operation = z.looseObject({
  parameters: z.array(parameter).default([]),
  requestBody: z
    .looseObject({ content: z.looseObject({ 'application/json': z.looseObject({ schema: z.looseObject({}) }) }) })
    .optional(),
});
const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), operation)) });

export interface Route {
  method: string;
  /** With `{name}` where a parameter stands. */
  path: string;
  query: string[];
  body: Schema | undefined;
}

type Schema = Record<string, unknown>;

export interface HostileRequest {
  method: string;
  path: string;
  body: string | undefined;
  contentType: string;
  key: string;
}

/** The routes as the backend itself describes them. */
export function routesOf(description: unknown): Route[] {
  return Object.entries(document.parse(description).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
      body: requestBody?.content['application/json'].schema,
    })),
  );
}

const NASTY = fc.constantFrom(
  '',
  '../../etc/passwd',
  "' or 1=1 --",
  '%00',
  '\u0000',
  '<script>alert(1)</script>',
  '{{constructor}}',
  '__proto__',
  '9'.repeat(400),
  '-1',
  'NaN',
  '\ud800',
  '1e309',
);
const text = fc.oneof(NASTY, fc.string({ unit: 'binary', maxLength: 60 }), fc.uuid());
const anything: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(text, text, { maxKeys: 3 }),
);

/** Values that nearly fit a schema: each part right, or something else in its place. */
function near(schema: Schema): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const fitting: fc.Arbitrary<unknown> =
    schema['type'] === 'object'
      ? fc.record(Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, near(part)])), {
          requiredKeys: [],
        })
      : schema['type'] === 'array'
        ? fc.array(near((schema['items'] ?? {}) as Schema), { maxLength: 3 })
        : Array.isArray(schema['enum'])
          ? fc.constantFrom(...(schema['enum'] as unknown[]))
          : schema['type'] === 'integer' || schema['type'] === 'number'
            ? fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-1, 0, 2 ** 31, 2 ** 53, 1e308))
            : text;
  return fc.oneof({ weight: 3, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

/** Requests that the route should refuse, or answer for the sender's own account alone. */
export function requestsAgainst(route: Route, foreignId: string): fc.Arbitrary<HostileRequest> {
  const id = fc.oneof(
    { weight: 2, arbitrary: fc.constant(foreignId) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: text },
  );
  const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...route.query, 'other'), text), fc.oneof(text, id)), {
    maxLength: 4,
  });
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constant(route.method) },
    { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH') },
  );
  const json = route.body ? near(route.body).map((value) => JSON.stringify(value)) : fc.constant(undefined);
  const body = fc.oneof({ weight: 5, arbitrary: json }, { weight: 1, arbitrary: fc.oneof(text, fc.json()) });
  return fc
    .record({ id, query, method, body, key: fc.uuid() })
    .map(({ id: given, query: pairs, method: verb, body: sent, key }) => ({
      method: verb,
      path: `${route.path.replace(/\{\w+\}/g, () => encoded(given))}${pairs.length > 0 ? `?${pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')}` : ''}`,
      body: verb === 'GET' ? undefined : sent,
      contentType: 'application/json',
      key,
    }));
}

/** A lone half of a surrogate pair has no encoding. */
function encoded(given: string): string {
  return encodeURIComponent(given.replace(/\p{Surrogate}/gu, '?'));
}
