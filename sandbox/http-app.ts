import Fastify, { type FastifyInstance } from 'fastify';
import { parse, type ParsedQs } from 'qs';

/** A query as PHP reads it: `a[b][]=1` nests, `[]` counts up, a repeated scalar keeps its last value. */
export type PhpQuery = ParsedQs;

/** What routes read of a request. */
export interface Requested {
  Querystring: PhpQuery;
  Params: Record<string, string>;
  /** As text, whatever type it says it has; absent where none came. */
  Body: string | undefined;
}

/** An HTTP server to add routes to. It takes bodies of any type and size, and `close` cuts every open connection. */
export function createApp(): FastifyInstance {
  const app = Fastify({
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: true,
    // As Node's own servers have it: clients must live with connections that end while they rest.
    keepAliveTimeout: 5_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 8_000, querystringParser: parsePhpQuery },
    exposeHeadRoutes: false,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  return app;
}

function parsePhpQuery(query: string): PhpQuery {
  return parse(query, { arrayLimit: 0, duplicates: 'last', parameterLimit: Infinity, plainObjects: true });
}
