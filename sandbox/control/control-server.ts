import { z } from 'zod';
import type { MovableClock } from '../clock.ts';
import { listen, type Listening } from '../listening.ts';
import { createApp, type Requested } from '../http-app.ts';
import { controlBy, type ControlledPart } from '../part.ts';
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
  const { amocrm } = parts;
  const eachPart = (tell: (part: ControlledPart, name: PartName) => unknown) =>
    Object.fromEntries(PARTS.map((name) => [name, tell(parts[name], name)]));

  const control = controlBy({
    'GET /counters': () => eachPart((part) => part.counters()),
    'POST /seed': (body) => {
      world.reseed({ ...options.worldOptions, ...seedSchema.parse(body ?? {}) });
      eachPart((part) => part.reset());
      return { seed: world.seed, calls: world.calls.length, notes: world.notes.size };
    },
    'POST /reset': () => {
      eachPart((part) => part.reset());
      return {};
    },
    'GET /faults': () => eachPart(({ routes }) => routes['GET /faults']()),
    'DELETE /faults': () => eachPart(({ routes }) => routes['PUT /faults']([])),
    'PUT /faults': (body) => {
      const rules = rulesSchema.parse(body);
      const of = (name: PartName) => rules.filter((rule) => rule.part === name).map(({ part: _part, ...rule }) => rule);
      return eachPart(({ routes }, name) => routes['PUT /faults'](of(name)));
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
    'POST /tokens/revoke': async () => (await amocrm.control('POST', '/tokens/revoke')).body,
    'POST /unblock': async () => (await amocrm.control('POST', '/unblock')).body,
  });

  const app = createApp();
  app.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(await controlPage(world, parts, options.facts())),
  );
  app.all<Requested>('/*', async ({ method, url, body: text }, reply) => {
    const part = PARTS.find((name) => url.startsWith(`/${name}/`));
    const body: unknown = text ? JSON.parse(text) : undefined;
    const answer = await (part === undefined
      ? control(method, url, body)
      : parts[part].control(method, url.slice(part.length + 1), body));
    return reply.code(answer.status).type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
  });
  return listen('control', options.port ?? 0, app);
}
