import type { FastifyInstance } from 'fastify';
import type { BackendMetrics } from './metrics.ts';

/**
 * One line and one observation a request. Of its address only the route's pattern: the address itself holds codes,
 * states and signatures.
 */
export function logRequests(app: FastifyInstance, { requestSeconds }: BackendMetrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? '(none)';
    const status = reply.statusCode;
    const seconds = reply.elapsedTime / 1000;
    requestSeconds.observe({ method, route, status: String(status) }, seconds);
    const accountId = request.caller?.accountId;
    request.log.info({ method, route, status, ms: Math.round(reply.elapsedTime), accountId }, 'request');
    return Promise.resolve();
  });
}
