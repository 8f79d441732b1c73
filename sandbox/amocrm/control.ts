import { z } from 'zod';
import type { ControlAnswer } from '../part.ts';
import type { Account } from './account.ts';
import { type Faults, faultSchema } from './faults.ts';
import { limitsSchema, type RateLimit } from './rate-limit.ts';
import { switchesSchema } from './switches.ts';

interface Controlled {
  account: Account;
  limit: RateLimit;
  faults: Faults;
}

/** The amoCRM part's own control requests. */
export function amocrmControl({ account, limit, faults }: Controlled) {
  const handlers: Record<string, (body: unknown) => unknown> = {
    'GET /faults': () => faults.list(),
    'PUT /faults': (body) => {
      faults.set(z.array(faultSchema).parse(body));
      return faults.list();
    },
    'POST /faults': (body) => {
      faults.add(z.array(faultSchema).parse(body));
      return faults.list();
    },
    'DELETE /faults': () => {
      faults.set([]);
      return [];
    },
    'GET /switches': () => account.switches,
    'PUT /switches': (body) => (account.switches = switchesSchema.parse({ ...account.switches, ...keys(body) })),
    'GET /limits': () => limit.limits,
    'PUT /limits': (body) => (limit.limits = limitsSchema.parse({ ...limit.limits, ...keys(body) })),
    'POST /unblock': () => {
      limit.unblock();
      return { banned: limit.banned };
    },
    'POST /tokens/revoke': () => {
      account.tokens.revokeAll();
      return { revoked: true };
    },
    'POST /tokens/restore': () => {
      account.tokens.restore();
      return { revoked: false };
    },
    'POST /tokens/long-lived': () => ({ token: account.tokens.issueLongLived() }),
    'POST /oauth/codes': () => ({ code: account.tokens.issueCode() }),
  };

  return (method: string, path: string, body: unknown): ControlAnswer => {
    const handle = handlers[`${method} ${path}`];
    return handle === undefined
      ? { status: 404, body: { error: 'unknown path' } }
      : { status: 200, body: handle(body) };
  };
}

function keys(body: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(body);
}
