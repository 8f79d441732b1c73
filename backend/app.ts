import helmet from '@fastify/helmet';
import fastify, { type FastifyError, LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { randomUUID } from 'node:crypto';
import { ExportError } from '../errors/export-error.ts';
import { httpStatusOf } from '../errors/outcome.ts';
import { errorAnswer, MAX_BODY_BYTES, toExportError } from './answers/error-answer.ts';
import { validatorCompiler } from './answers/request-invalid.ts';
import type { Api } from './api/api.ts';
import { catalogueRoutes } from './api/catalogue-routes.ts';
import { connectionRoutes } from './api/connection-routes.ts';
import { exportRoutes } from './api/export-routes.ts';
import { previewRoutes } from './api/preview-routes.ts';
import { reportLinkRoute, reportRoute } from './api/report-routes.ts';
import { settingsRoutes } from './api/settings-routes.ts';
import { statusRoutes } from './api/status-routes.ts';
import { authorise } from './auth/authorise.ts';
import { browserRules } from './auth/browser-rules.ts';
import { disconnectRoute } from './oauth/disconnect-route.ts';
import { redirectRoute } from './oauth/redirect-route.ts';
import { describeApi } from './open-api.ts';
import { healthRoute } from './operations/health-route.ts';
import { logRequests } from './operations/request-log.ts';
import type { Parts } from './parts.ts';
import { type RateLimits, rateLimits, sayWhen } from './rate-limits.ts';

/** The page gives up after 40 s: our own sentence comes before. */
const ANSWER_WITHIN_MS = 30_000;
/** A request, slowly sent, holds a socket no longer. */
const REQUEST_WITHIN_MS = 15_000;
/** Longer than the usual proxy keeps one, so that it is the proxy that closes it. */
const KEEP_ALIVE_MS = 75_000;

/** The backend, listening nowhere yet. */
export async function createApp(parts: Parts): Promise<Api> {
  const { services, hooks, server, reportLinks } = parts;
  const app: Api = fastify({
    loggerInstance: server.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: (_address: string, hop: number) => hop < server.trustedProxies,
    bodyLimit: MAX_BODY_BYTES,
    handlerTimeout: ANSWER_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 100 },
    // An address that cannot be read comes to no route, and so to none of the hooks and handlers below.
    frameworkErrors: (_error, request, reply) => {
      const answer = errorAnswer(new ExportError('route_not_found'), request.id);
      reply.hijack();
      reply.raw.writeHead(404, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('caller', null);
  answerErrors(app);
  logRequests(app, hooks.metrics);

  await app.register(helmet);
  const limits = await rateLimits(app, server.limits);
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (request.routeOptions.config.unlimited !== true) await limits.ofIp(request);
  });
  await describeApi(app);

  await app.register((open, _, done) => {
    healthRoute(open);
    redirectRoute(open, services, hooks, limits);
    disconnectRoute(open, services, hooks);
    reportRoute(open, services, reportLinks);
    done();
  });
  await app.register((api) => widgetApi(api, parts, limits), { prefix: '/api' });
  return app;
}

/** All that the settings page asks for: with a token, by an administrator, from the account's own page. */
async function widgetApi(api: Api, parts: Parts, limits: RateLimits): Promise<void> {
  const { services, hooks, reportLinks, prices, audioConversion } = parts;
  await browserRules(api, services);
  api.addHook('onRequest', async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    request.caller = await authorise(services, hooks.integration, request);
    await limits.ofAccount(request);
  });
  statusRoutes(api, services, audioConversion);
  settingsRoutes(api, services);
  connectionRoutes(api, services);
  catalogueRoutes(api, services);
  previewRoutes(api, services, prices);
  exportRoutes(api, services);
  reportLinkRoute(api, services, reportLinks);
}

/** Every error has the one shape, an unknown address too; what nobody has foreseen is logged by its kind. */
function answerErrors(app: Api): void {
  app.setErrorHandler((thrown: FastifyError | Error, request, reply) => {
    const error = toExportError(thrown);
    const status = httpStatusOf(error);
    if (status >= 500) {
      const kind = error.cause instanceof Error ? error.cause.name : thrown.name;
      request.log.error(
        { code: error.code, what: error.values['what'], kind, stack: placesOf(thrown) },
        'request failed',
      );
    }
    sayWhen(reply, error);
    // An answer that has begun as a file must not end as if it were whole.
    if (reply.raw.headersSent) return reply.raw.destroy();
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(errorAnswer(error, request.id));
  });
  app.setNotFoundHandler(() => {
    throw new ExportError('route_not_found');
  });
}

/** Where in the code it happened, without its message, which might quote what must not be in a log. */
function placesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5);
}
