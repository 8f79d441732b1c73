import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { PartRoutes } from '../part.ts';
import { type Shell, tokenAgeSchema } from './shell/shell.ts';
import type { Account } from './account.ts';
import { type Faults, faultSchema } from './faults.ts';
import { disconnectUri, sendDisconnectHook, sendInstallHook } from './hooks.ts';
import { limitsSchema, type RateLimit } from './rate-limit.ts';
import type { Route } from './route.ts';
import { switchesSchema } from './switches.ts';

interface Controlled {
  account: Account;
  limit: RateLimit;
  faults: Faults;
  /** `127.0.0.1:port`, the account's host before any renaming. */
  host: string;
  routes: readonly Route[];
  shell: Shell;
}

const renamingSchema = z.strictObject({
  domain: z.string().nullable(),
  subdomain: z.string().default('renamed'),
  formerStatus: z.union([z.literal(401), z.literal(404)]).default(404),
});
const widgetSchema = z.strictObject({ path: z.string() });
const hookSchema = z.strictObject({ uri: z.url().optional(), timeoutMs: z.number().positive().optional() });

/** The amoCRM part's own control requests. */
export function amocrmControl({ account, limit, faults, host, routes, shell }: Controlled): PartRoutes {
  return {
    'GET /routes': () => routes.map(({ method, path }) => `${method} ${path}`),
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
    'POST /integration/install': (body) => sendInstallHook(account, host, hookSchema.parse(body ?? {}).timeoutMs),
    'POST /integration/disable': (body) => {
      const { uri, timeoutMs } = hookSchema.parse(body ?? {});
      return sendDisconnectHook(account, uri ?? disconnectUri(account), timeoutMs);
    },
    'PUT /widget': (body) => {
      const { manifest } = shell.installation.upload(readFileSync(widgetSchema.parse(body).path));
      return { version: manifest.widget.version };
    },
    'PUT /disposable-tokens': (body) => (shell.tokenAge = tokenAgeSchema.parse(body)),
    'PUT /domain': (body) => {
      const { domain, ...rest } = renamingSchema.parse(body);
      account.domain.rename(domain === null ? undefined : { domain, ...rest });
      return { domain: account.domain.at(host), subdomain: account.domain.subdomain };
    },
  };
}

function keys(body: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(body);
}
