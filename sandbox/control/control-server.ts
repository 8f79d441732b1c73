import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { MovableClock } from '../clock.ts';
import { listen, type Listening } from '../listening.ts';
import type { ControlAnswer, ControlledPart } from '../part.ts';
import { readBody } from '../read-body.ts';
import { RECORDING_FORMATS } from '../recording-formats.ts';
import { changeNotes, noteOperationsSchema } from '../world/note-operations.ts';
import type { World, WorldOptions } from '../world/world.ts';
import { controlPage, type PageFacts } from './control-page.ts';

const PARTS = ['amocrm', 'telephony', 'speechsense'] as const;
type PartName = (typeof PARTS)[number];

export interface ControlOptions {
  /** Default: any free port. */
  port?: number | undefined;
  clock: MovableClock;
  world: World;
  parts: Record<PartName, ControlledPart>;
  /** What the sandbox was started with: the default of every reseeding. */
  worldOptions: WorldOptions;
  /** What the page shows beside totals. */
  facts: () => PageFacts;
}

const ruleSchema = z.looseObject({ part: z.enum(PARTS) });
const rulesSchema = z.union([z.array(ruleSchema), ruleSchema.transform((rule) => [rule])]);
const clockSchema = z.strictObject({
  advanceSeconds: z.number().optional(),
  nowSeconds: z.number().optional(),
  freeze: z.literal(true).optional(),
});
const seedSchema = z.strictObject({
  seed: z.number().int().optional(),
  calls: z.number().int().min(0).optional(),
  days: z.number().int().min(1).optional(),
  timeZone: z.string().optional(),
  customers: z.boolean().optional(),
  unsorted: z.number().int().min(0).optional(),
  talkScale: z.number().positive().optional(),
  formats: z.partialRecord(z.enum(RECORDING_FORMATS), z.number().min(0)).optional(),
});

/** Starts the control interface: JSON for tests, a page for people. */
export async function startControl(options: ControlOptions): Promise<Listening> {
  const { clock, world, parts } = options;

  const handlers: Record<string, (body: unknown, query: URLSearchParams) => unknown> = {
    'GET /counters': () => Object.fromEntries(PARTS.map((name) => [name, parts[name].counters()])),
    'POST /seed': (body) => {
      world.reseed({ ...options.worldOptions, ...seedSchema.parse(body ?? {}) });
      for (const name of PARTS) parts[name].reset();
      return { seed: world.seed, calls: world.calls.length, notes: world.notes.size };
    },
    'POST /reset': () => {
      for (const name of PARTS) parts[name].reset();
      return {};
    },
    'GET /faults': () => eachPart(parts, 'GET', () => undefined),
    'DELETE /faults': () => eachPart(parts, 'PUT', () => []),
    'PUT /faults': (body) => {
      const rules = rulesSchema.parse(body);
      return eachPart(parts, 'PUT', (name) =>
        rules.filter((rule) => rule.part === name).map(({ part: _part, ...rule }) => rule),
      );
    },
    'GET /clock': () => ({ nowSeconds: clock.nowMs() / 1000 }),
    'POST /clock': (body) => {
      const { advanceSeconds, nowSeconds, freeze } = clockSchema.parse(body);
      if (nowSeconds !== undefined) clock.set(nowSeconds * 1000);
      if (advanceSeconds !== undefined) clock.advance(advanceSeconds);
      if (freeze === true) clock.freeze();
      return { nowSeconds: clock.nowMs() / 1000 };
    },
    'GET /world/calls': (_body, query) => {
      world.settle();
      const from = Number(query.get('from') ?? -Infinity);
      const to = Number(query.get('to') ?? Infinity);
      return world.calls.filter((call) => call.startedAt >= from && call.startedAt <= to);
    },
    'GET /world/operators': () => world.operators,
    'POST /world/notes': (body) => {
      const operations = noteOperationsSchema.parse(Array.isArray(body) ? body : [body]);
      return operations.map((operation) => changeNotes(world, operation));
    },
    'POST /tokens/revoke': () => forward('amocrm', 'POST', '/tokens/revoke', undefined),
    'POST /unblock': () => forward('amocrm', 'POST', '/unblock', undefined),
  };

  function forward(name: PartName, method: string, path: string, body: unknown): Promise<ControlAnswer> {
    return parts[name].control(method, path, body);
  }

  async function answer(method: string, url: URL, body: unknown): Promise<ControlAnswer> {
    const handle = handlers[`${method} ${url.pathname}`];
    if (handle !== undefined) {
      const result: unknown = await handle(body, url.searchParams);
      return isAnswer(result) ? result : { status: 200, body: result };
    }
    const name = PARTS.find((one) => url.pathname.startsWith(`/${one}/`));
    if (name === undefined) return { status: 404, body: { error: `unknown path ${url.pathname}` } };
    return forward(name, method, `${url.pathname.slice(name.length + 1)}${url.search}`, body);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://control');
    const method = request.method ?? 'GET';
    if (method === 'GET' && url.pathname === '/') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(await controlPage(world, parts, options.facts()));
      return;
    }
    const given = await readBody(request);
    const { status, body } = await answer(method, url, given === '' ? undefined : JSON.parse(given)).catch(refusal);
    response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }

  return listen('control', options.port ?? 0, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      const { status, body } = refusal(error);
      response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    });
  });
}

async function eachPart(
  parts: Record<PartName, ControlledPart>,
  method: string,
  bodyOf: (name: PartName) => unknown,
): Promise<ControlAnswer> {
  const answers = await Promise.all(
    PARTS.map(async (name) => ({ name, answer: await parts[name].control(method, '/faults', bodyOf(name)) })),
  );
  const worst = answers.find(({ answer }) => answer.status >= 400);
  if (worst !== undefined) return worst.answer;
  return { status: 200, body: Object.fromEntries(answers.map(({ name, answer }) => [name, answer.body])) };
}

function isAnswer(result: unknown): result is ControlAnswer {
  return typeof result === 'object' && result !== null && 'status' in result && 'body' in result;
}

function refusal(error: unknown): ControlAnswer {
  if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
  return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } };
}
