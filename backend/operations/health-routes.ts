import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';

/** `/health`: the process lives. `/ready`: what it needs answers. `/metrics`: Prometheus text. For the operator's network. */
export function healthRoutes(app: FastifyInstance, { missing, metrics }: Parts): void {
  const unlimited = { config: { unlimited: true }, schema: { hide: true } };
  app.get('/health', unlimited, () => ({ ok: true }));
  app.get('/ready', unlimited, async (_, reply) => {
    const absent = await missing();
    return reply.code(absent.length === 0 ? 200 : 503).send({ ready: absent.length === 0, missing: absent });
  });
  app.get('/metrics', unlimited, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
