import { noteTypeName } from './call-types.ts';
import type { EntityRef, Lead, Note, WorldEvent } from './model.ts';

const CALL_EVENTS: Record<string, string> = { call_in: 'incoming_call', call_out: 'outgoing_call' };
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** The account's events, newest first as amoCRM lists them; an event stays when its note is deleted. */
export class EventFeed {
  /** Ascending by time. */
  readonly #events: WorldEvent[];
  readonly #byId = new Map<string, WorldEvent>();

  constructor(events: WorldEvent[]) {
    this.#events = events.sort((a, b) => a.at - b.at);
    for (const event of events) this.#byId.set(event.id, event);
  }

  get(id: string): WorldEvent | undefined {
    return this.#byId.get(id);
  }

  add(event: WorldEvent): void {
    let at = this.#events.length;
    while (at > 0 && (this.#events[at - 1]?.at ?? 0) > event.at) at -= 1;
    this.#events.splice(at, 0, event);
    this.#byId.set(event.id, event);
  }

  /** One page of the matching events that happened not after `until`, newest first. */
  page(query: { until: number; offset: number; limit: number; matches(event: WorldEvent): boolean }) {
    const events: WorldEvent[] = [];
    let skipped = 0;
    for (let at = this.#events.length - 1; at >= 0; at -= 1) {
      const event = this.#events[at];
      if (event === undefined || event.at > query.until || !query.matches(event)) continue;
      if (skipped < query.offset) skipped += 1;
      else if (events.length < query.limit) events.push(event);
      else return { events, more: true };
    }
    return { events, more: false };
  }
}

/** The event that a call's note leaves; none for other notes. */
export function callEvent(note: Note): WorldEvent | undefined {
  const type = CALL_EVENTS[noteTypeName(note.noteType)];
  if (type === undefined) return undefined;
  return {
    id: eventId(note.id),
    type,
    at: note.postedAt,
    createdBy: note.createdBy,
    noteId: note.id,
    ...place(note),
  };
}

export function leadEvent(lead: Lead): WorldEvent {
  return {
    id: eventId(lead.id),
    type: 'lead_added',
    at: lead.createdAt,
    createdBy: lead.createdBy,
    noteId: null,
    entityType: 'leads',
    entityId: lead.id,
  };
}

function place({ entityType, entityId }: EntityRef): EntityRef {
  return { entityType, entityId };
}

/** Looks like a ULID; one id of the account gives one event, so it can be made of that id. */
function eventId(id: number): string {
  let rest = id;
  let tail = '';
  while (tail.length < 10) {
    tail = (ALPHABET[rest % 32] ?? '0') + tail;
    rest = Math.floor(rest / 32);
  }
  return `01pz58t6p04ymgsg${tail}`;
}
