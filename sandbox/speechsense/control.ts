import { z } from 'zod';

import type { ControlAnswer } from '../part.ts';
import { behaviourSchema } from './behaviour.ts';
import { FIELD_TYPES } from './connection.ts';
import { faultPlanSchema } from './fault-plan.ts';
import type { ServiceState } from './service-state.ts';
import type { Talk } from './talk-store.ts';
import { TALK_KEYS, talksPer } from './talks-per.ts';

/** What the control interface does to the server beside its state. */
export interface ServerSwitches {
  counters(): unknown;
  reset(): void;
  down(): Promise<void>;
  up(): Promise<void>;
}

const keysSchema = z.strictObject({ keys: z.record(z.string(), z.enum(FIELD_TYPES)) });
const apiKeySchema = z.strictObject({ apiKey: z.string().min(1) });
const downSchema = z.strictObject({ down: z.boolean() });

/** Answers a request of the control interface; the paths are listed in the sandbox's README. */
export async function control(
  state: ServiceState,
  server: ServerSwitches,
  method: string,
  path: string,
  body: unknown,
): Promise<ControlAnswer> {
  const url = new URL(path, 'http://control');
  try {
    return { status: 200, body: await handle(state, server, `${method} ${url.pathname}`, url.searchParams, body) };
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof NoSuchPath) return { status: 404, body: { error: error.message } };
    throw error;
  }
}

class NoSuchPath extends Error {}

async function handle(
  state: ServiceState,
  server: ServerSwitches,
  request: string,
  query: URLSearchParams,
  body: unknown,
): Promise<unknown> {
  switch (request) {
    case 'GET /counters':
      return server.counters();
    case 'GET /uploads':
      return state.uploads.records();
    case 'GET /talks':
      return talkPage(state, query);
    case 'GET /talks-per':
      return talksPer(z.enum(TALK_KEYS).parse(query.get('by') ?? 'call'), state.talks.all());
    case 'GET /faults':
      return state.faults.list();
    case 'PUT /faults':
      state.faults.replace(faultPlanSchema.parse(body));
      return state.faults.list();
    case 'GET /behaviour':
      return state.behaviour;
    case 'PUT /behaviour':
      state.behaviour = behaviourSchema.parse({ ...state.behaviour, ...z.record(z.string(), z.unknown()).parse(body) });
      return state.behaviour;
    case 'PUT /api-key':
      state.apiKey = apiKeySchema.parse(body).apiKey;
      return {};
    case 'PUT /down':
      await (downSchema.parse(body).down ? server.down() : server.up());
      return {};
    case 'DELETE /talks':
      return { lost: state.talks.lose(query.get('id') ?? '') };
    case 'POST /reset':
      server.reset();
      return {};
    default:
      return putConnection(state, request, body);
  }
}

/** `PUT /connections/{id}`: a further connection, or other keys for a known one. */
function putConnection(state: ServiceState, request: string, body: unknown): unknown {
  const id = /^PUT \/connections\/([^/]+)$/.exec(request)?.[1];
  if (id === undefined) throw new NoSuchPath(`No such control path: ${request}`);
  const connection = { id: decodeURIComponent(id), ...keysSchema.parse(body) };
  state.connections.set(connection.id, connection);
  return connection;
}

function talkPage(state: ServiceState, query: URLSearchParams): unknown {
  const from = Number(query.get('from') ?? 0);
  const limit = Number(query.get('limit') ?? 1_000);
  const callId = query.get('call_id');
  const talks = [...state.talks.all()].filter((talk) => callId === null || talk.fields['call_id'] === callId);
  return talks.slice(from, from + limit).map(withoutBytes);
}

/** A talk as the control interface shows it. */
function withoutBytes(talk: Talk): unknown {
  const { bytes: _bytes, ...audio } = talk.audio;
  return { ...talk, audio };
}
