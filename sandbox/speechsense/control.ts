import { z } from 'zod';

import type { PartRoutes } from '../part.ts';
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

/** SpeechSense's own control requests; they are listed in the sandbox's README. */
export function speechSenseControl(state: ServiceState, server: ServerSwitches): PartRoutes {
  return {
    'GET /counters': () => server.counters(),
    'GET /uploads': () => state.uploads.records(),
    'GET /talks': (_body, query) => talkPage(state, query),
    'GET /talks-per': (_body, query) => talksPer(z.enum(TALK_KEYS).parse(query.get('by') ?? 'call'), state.talks.all()),
    'GET /faults': () => state.faults.list(),
    'PUT /faults': (body) => {
      state.faults.replace(faultPlanSchema.parse(body));
      return state.faults.list();
    },
    'GET /behaviour': () => state.behaviour,
    'PUT /behaviour': (body) => {
      const changed = z.record(z.string(), z.unknown()).parse(body);
      return (state.behaviour = behaviourSchema.parse({ ...state.behaviour, ...changed }));
    },
    'PUT /api-key': (body) => {
      state.apiKey = apiKeySchema.parse(body).apiKey;
      return {};
    },
    'PUT /down': async (body) => {
      await (downSchema.parse(body).down ? server.down() : server.up());
      return {};
    },
    'DELETE /talks': (_body, query) => ({ lost: state.talks.lose(query.get('id') ?? '') }),
    'POST /reset': () => {
      server.reset();
      return {};
    },
    // A further connection, or other keys for a known one.
    'PUT /connections/*': (body, _query, id) => {
      const connection = { id, ...keysSchema.parse(body) };
      state.connections.set(id, connection);
      return connection;
    },
  };
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
