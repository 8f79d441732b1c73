import { z } from 'zod';

/** `GET /path` → its answer, sent as JSON; a ZodError becomes a 400. `*` stands for the last part of a path, `last`. */
export type ControlRoutes = Record<string, (body: unknown, query: URLSearchParams, last: string) => unknown>;

/** Control routes of a part: any, and those for its faults. */
export type PartRoutes = ControlRoutes & { 'GET /faults': () => unknown; 'PUT /faults': (rules: unknown) => unknown };

/** What a control request is answered with. */
interface ControlAnswer {
  status: number;
  body: unknown;
}

/** One of the sandbox's three servers, as the control interface sees it. */
export interface ControlledPart {
  /** What was asked of it, as JSON. */
  counters(): unknown;
  /** What the control interface serves below the part's name. */
  routes: PartRoutes;
  /** The answer of one of those routes, as it would come by HTTP; `path` is without the part's name, and may have a query. */
  control(method: string, path: string, body?: unknown): Promise<ControlAnswer>;
  /** Forgets counters and faults. */
  reset(): void;
}

/** Looked up in a table and not by a server's router, as tests in this process ask without a socket. */
export function controlBy(routes: ControlRoutes): ControlledPart['control'] {
  return async (method, path, body) => {
    const { pathname, searchParams } = new URL(path, 'http://control');
    const [last = ''] = /[^/]*$/.exec(pathname) ?? [];
    const above = pathname.slice(0, pathname.length - last.length);
    const handle = routes[`${method} ${pathname}`] ?? routes[`${method} ${above}*`];
    if (handle === undefined) return { status: 404, body: { error: `No such control path: ${method} ${path}` } };
    try {
      return { status: 200, body: await handle(body, searchParams, decodeURIComponent(last)) };
    } catch (error) {
      if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
      throw error;
    }
  };
}
