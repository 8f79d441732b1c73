import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bareHost } from '../client/accounts/browser-origin.ts';
import { ExportError } from '../errors/export-error.ts';
import type { Api } from './api/api.ts';
import type { Limits } from './parts.ts';

const A_MINUTE_MS = 60_000;
/** Addresses and accounts that are counted at once; the ones asked by longest ago are forgotten. */
const REMEMBERED = 20_000;

export interface RateLimits {
  /** @throws {ExportError} `too_many_requests` */
  ofIp(request: FastifyRequest): Promise<void>;
  /** @throws {ExportError} `too_many_requests` */
  ofAccount(request: FastifyRequest): Promise<void>;
  /** @throws {ExportError} `too_many_requests` */
  ofInstalls(request: FastifyRequest, host: string): Promise<void>;
}

/** Bounds on requests in a minute, of this process. */
export async function rateLimits(app: Api, limits: Limits): Promise<RateLimits> {
  await app.register(rateLimit, { global: false, cache: REMEMBERED });
  const limiter = (max: number, keyOf: (request: FastifyRequest) => string) => {
    const look = app.createRateLimit({ max, timeWindow: A_MINUTE_MS, keyGenerator: keyOf });
    return async (request: FastifyRequest) => {
      const found = await look(request);
      if (found.isAllowed || !found.isExceeded) return;
      throw new ExportError('too_many_requests', {
        values: { seconds: found.ttlInSeconds },
        retryAfterMs: found.ttl,
      });
    };
  };
  const installHosts = new WeakMap<FastifyRequest, string>();
  // Whoever has one IPv6 address has the whole /64 of it.
  const sender = ({ ip }: FastifyRequest) => normalizeIP(ip, 64);
  const installsOfIp = limiter(limits.installsPerIp, (request) => `install ${sender(request)}`);
  const installsOfHost = limiter(limits.installsPerHost, (request) => `install at ${installHosts.get(request) ?? ''}`);
  const installs = limiter(limits.installs, () => 'installs');
  return {
    ofIp: limiter(limits.perIp, (request) => `ip ${sender(request)}`),
    ofInstalls: async (request, host) => {
      await installsOfIp(request);
      installHosts.set(request, bareHost(host));
      await installsOfHost(request);
      await installs(request);
    },
    ofAccount: limiter(limits.perAccount, ({ caller }) => `account ${caller?.accountId ?? 0}`),
  };
}

/** Says when to come back, as HTTP does. */
export function sayWhen(reply: FastifyReply, { retryAfterMs }: ExportError): void {
  if (retryAfterMs !== undefined) void reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1000)));
}
