import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import type { SandboxIdentity } from '../identity.ts';
import { listen } from '../listening.ts';
import type { ControlledPart } from '../part.ts';
import { readBody } from '../read-body.ts';
import { Shell } from './shell/shell.ts';
import { sendShellAnswer } from './shell/shell-answer.ts';
import type { World } from '../world/world.ts';
import type { Account } from './account.ts';
import { accountRoutes } from './account-routes.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { callRoutes } from './call-routes.ts';
import { amocrmControl } from './control.ts';
import { Domain } from './domain.ts';
import { entityRoutes } from './entity-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { Faults } from './faults.ts';
import { linkRoutes } from './link-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { noteWritingRoutes } from './note-writing-routes.ts';
import { oauthRoutes } from './oauth-routes.ts';
import { parsePhpQuery } from './php-query.ts';
import { DEFAULT_LIMITS, type Limits, RateLimit } from './rate-limit.ts';
import { receive } from './reception.ts';
import { RequestCounters } from './request-counters.ts';
import { matchRoute, type Route } from './route.ts';
import { outcomeName, sendOutcome } from './send-outcome.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';
import { TokenOffice } from './token-office.ts';
import { unsortedRoutes } from './unsorted-routes.ts';
import { userRoutes } from './user-routes.ts';

export interface AmocrmOptions {
  /** Default: any free port. */
  port?: number | undefined;
  clock: SandboxClock;
  world: World;
  identity: SandboxIdentity;
  limits?: Partial<Limits> | undefined;
  switches?: Partial<Switches> | undefined;
}

interface SeenRequest {
  method: string;
  path: string;
  search: string;
  /** Status of the answer, or what became of the request instead of one. */
  outcome: string;
}

export interface Amocrm extends ControlledPart {
  /** `http://127.0.0.1:port` */
  url: string;
  account: Account;
  limit: RateLimit;
  faults: Faults;
  requests: RequestCounters;
  /** The account's pages, which load the uploaded widget. */
  shell: Shell;
  /** Calls back before each answer leaves: the place to change the world between two pages. Returns how to stop it. */
  onAnswer(listener: (request: SeenRequest) => void): () => void;
  close(): Promise<void>;
}

/** Starts the stand-in for an amoCRM account on the loopback interface. */
export async function startAmocrm(options: AmocrmOptions): Promise<Amocrm> {
  const { clock, world, identity } = options;
  const limit = new RateLimit(clock, { ...DEFAULT_LIMITS, ...options.limits });
  const faults = new Faults();
  const requests = new RequestCounters();
  const listeners = new Set<(request: SeenRequest) => void>();
  const listening = await listen('amoCRM', options.port ?? 0, (incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  const subject = { ...identity, userId: world.operators[0].id, apiDomain: listening.host };
  const account: Account = {
    identity,
    world,
    clock,
    tokens: new TokenOffice(clock, subject),
    domain: new Domain(identity.subdomain),
    switches: { ...DEFAULT_SWITCHES, ...options.switches },
  };
  const routes = routesOf(account);
  const shell = new Shell(account);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = incoming.method ?? 'GET';
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? listening.host}`);
    const body = await readBody(incoming);
    const { origin } = incoming.headers;
    const page = await shell.answer({ method, host: url.host, path: url.pathname, origin, body });
    if (page !== undefined) {
      sendShellAnswer(response, page);
      return;
    }
    const matched = matchRoute(routes, method, url.pathname);
    const request = {
      method,
      host: url.host,
      origin: url.origin,
      path: url.pathname,
      search: url.search,
      query: parsePhpQuery(url.search),
      headers: incoming.headers,
      params: matched?.params ?? {},
      body,
    };
    const outcome = await receive({ account, limit, faults }, request, matched);
    const name = outcomeName(outcome);
    for (const listener of listeners) listener({ method, path: request.path, search: request.search, outcome: name });
    requests.count(matched?.name ?? `${method} (unknown)`, name);
    await sendOutcome(response, outcome);
  }

  const control = amocrmControl({ account, limit, faults, host: listening.host, routes, shell });
  return {
    url: listening.url,
    account,
    limit,
    faults,
    requests,
    shell,
    onAnswer: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    counters: () => ({
      total: requests.total,
      byRoute: requests.byRoute,
      peakPerSecond: limit.peakPerSecond,
      violations: limit.violations,
      banned: limit.banned,
      tokens: account.tokens.counters,
    }),
    control,
    reset: () => {
      requests.reset();
      faults.set([]);
      limit.reset();
    },
    close: () => listening.close(),
  };
}

// Literal paths come before `{id}` and `{key}`, which they would fit too.
function routesOf(account: Account): Route[] {
  return [
    ...accountRoutes(account),
    ...userRoutes(account),
    ...noteRoutes(account),
    ...noteWritingRoutes(account),
    ...callRoutes(account),
    ...linkRoutes(account),
    ...catalogueRoutes(account),
    ...unsortedRoutes(account),
    ...entityRoutes(account),
    ...eventRoutes(account),
    ...oauthRoutes(account),
  ];
}
