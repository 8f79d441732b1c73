import type { FastifyInstance } from 'fastify';

/** `/health`: the process lives, for a proxy or a balancer. More is told on OPERATIONS_PORT only. */
export function healthRoute(app: FastifyInstance): void {
  app.get('/health', { config: { unlimited: true }, schema: { hide: true } }, () => ({ ok: true }));
}
