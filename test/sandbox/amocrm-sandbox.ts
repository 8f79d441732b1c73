import { z } from 'zod';
import { type Amocrm, startAmocrm, type AmocrmOptions } from '../../sandbox/amocrm/amocrm-server.ts';
import { createClock, type MovableClock } from '../../sandbox/clock.ts';
import { IDENTITY } from '../../sandbox/identity.ts';
import { World, type WorldOptions } from '../../sandbox/world/world.ts';

/** A Sunday afternoon in Moscow. */
export const NOW = Date.UTC(2026, 10, 22, 12, 0, 0) / 1000;

const listSchema = z.looseObject({
  _page: z.number().optional(),
  _links: z.looseObject({
    self: z.object({ href: z.string() }),
    next: z.object({ href: z.string() }).optional(),
  }),
  _embedded: z.record(z.string(), z.array(z.looseObject({ id: z.union([z.number(), z.string()]).optional() }))),
});

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json(): unknown;
  /** The one list under `_embedded`, and the links. */
  list(): { items: Record<string, unknown>[]; ids: number[]; self: URL; next: string | undefined };
}

export interface TestAccount {
  amocrm: Amocrm;
  world: World;
  clock: MovableClock;
  token: string;
  /** `path` is either under /api/v4 or a whole address. */
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  close(): Promise<void>;
}

export interface TestAccountOptions extends WorldOptions {
  limits?: AmocrmOptions['limits'];
  switches?: AmocrmOptions['switches'];
  redirectUri?: string;
}

/** An amoCRM account alone, on a clock that stands still; without limits unless a test sets some. */
export async function openAccount(options: TestAccountOptions = {}): Promise<TestAccount> {
  const clock = createClock({ startMs: NOW * 1000, frozen: true });
  const world = new World(
    { clock, recordingUrl: (one) => `http://telephony.test/${one.worldId}.${one.format}` },
    options,
  );
  const { limits = { requestsPerSecond: null, accountRequestsPerSecond: null }, switches } = options;
  const { redirectUri = IDENTITY.redirectUri } = options;
  const amocrm = await startAmocrm({ clock, world, identity: { ...IDENTITY, redirectUri }, limits, switches });
  const token = amocrm.account.tokens.longLived();

  return {
    amocrm,
    world,
    clock,
    token,
    get: async (path, headers = { Authorization: `Bearer ${token}` }) => {
      const url = path.startsWith('http') ? path : `${amocrm.url}/api/v4${path}`;
      return reply(await fetch(url, { headers, redirect: 'manual' }));
    },
    post: async (path, body) =>
      reply(
        await fetch(`${amocrm.url}${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    close: () => amocrm.close(),
  };
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as unknown,
    list: () => {
      const list = listSchema.parse(JSON.parse(text));
      const items = Object.values(list._embedded).flat();
      return {
        items,
        ids: items.map((item) => Number(item.id)),
        self: new URL(list._links.self.href),
        next: list._links.next?.href,
      };
    },
  };
}
