import type { SandboxClock } from '../clock.ts';
import type { SandboxIdentity } from '../identity.ts';
import { createApp } from '../http-app.ts';
import { listen } from '../listening.ts';
import { controlBy, type ControlledPart } from '../part.ts';
import { Shell } from './shell/shell.ts';
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
import { DEFAULT_LIMITS, type Limits, RateLimit } from './rate-limit.ts';
import { receive } from './reception.ts';
import { RequestCounters } from './request-counters.ts';
import { addRoutes, type Route, type Serve } from './route.ts';
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
  let host = '';
  const subject = { ...identity, userId: world.operators[0].id, apiDomain: () => host };
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

  const serve: Serve = async (incoming, reply, route) => {
    const { method, headers, query, params, body = '' } = incoming;
    const url = new URL(incoming.url, `http://${headers.host ?? host}`);
    const { host: asked, origin, pathname: path, search } = url;
    const request = { method, host: asked, origin, path, search, query, headers, params, body };
    const outcome = await receive({ account, limit, faults }, request, route);
    const name = outcomeName(outcome);
    for (const listener of listeners) listener({ method, path, search, outcome: name });
    const known = route?.path.replace('{entity}', params['entity'] ?? '') ?? '(unknown)';
    requests.count(`${method} ${known}`, name);
    return sendOutcome(reply, outcome);
  };

  const app = createApp();
  app.register(shell.pages);
  addRoutes(app, routes, serve);
  const listening = await listen('amoCRM', options.port ?? 0, app);
  host = listening.host;

  const control = amocrmControl({ account, limit, faults, host, routes, shell });
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
    routes: control,
    control: controlBy(control),
    reset: () => {
      requests.reset();
      faults.set([]);
      limit.reset();
    },
    close: () => listening.close(),
  };
}

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
