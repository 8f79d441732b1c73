import cors from '@fastify/cors';
import { accountHostOf } from '../../client/accounts/browser-origin.ts';
import type { Api } from '../api/api.ts';
import type { Services } from '../parts.ts';

const A_DAY_SECONDS = 86_400;

/**
 * Lets pages of amoCRM accounts read the answers: an origin of that shape is answered by its own name, never by `*`.
 * Whose page it is the token tells: its issuer must be this very origin.
 */
export async function browserRules(app: Api, { access }: Pick<Services, 'access'>): Promise<void> {
  await app.register(cors, {
    origin: (origin, decide) => {
      decide(null, origin !== undefined && accountHostOf(origin, access.insecureHosts) !== undefined);
    },
    methods: ['GET', 'POST', 'PUT'],
    allowedHeaders: ['X-Auth-Token', 'Content-Type', 'Idempotency-Key'],
    exposedHeaders: ['Retry-After'],
    maxAge: A_DAY_SECONDS,
  });
}
