import { randomUUID } from 'node:crypto';
import type { SightedNote } from '../ledger/calls/calls.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { parseExportSettings } from '../settings/export-settings.ts';

export const BENCH_ACCOUNT = 31_415;
const ENCRYPTION_KEY = Buffer.alloc(32, 7);
/** The same key as the environment of a process names it. */
export const ENCRYPTION_KEYS = `bench:${ENCRYPTION_KEY.toString('base64')}`;
/** amoCRM's largest page. */
const PAGE_NOTES = 250;
const PERIOD_START = Date.parse('2026-11-01T00:00:00Z');
const PERIOD_DAYS = 20;

export interface BenchConnection {
  connectionId: string;
  apiKey: string;
}

/** A migrated ledger with one account, its connection and its operators. */
export async function openBenchLedger(databaseUrl: string, connection: BenchConnection): Promise<Ledger> {
  const ledger = openLedger({
    databaseUrl,
    encryptionKeys: [{ id: 'bench', key: ENCRYPTION_KEY }],
    // As the worker's.
    maxConnections: 20,
  });
  await ledger.migrate();
  const accountId = BENCH_ACCOUNT;
  await ledger.accounts.put({
    accountId,
    host: 'bench.amocrm.ru',
    name: 'Bench',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: true,
    country: 'RU',
  });
  await ledger.connections.put({ accountId, language: 'ru-RU', ...connection });
  await ledger.users.putAll(
    accountId,
    Array.from({ length: 10 }, (_, id) => ({
      id: id + 1,
      name: `Operator ${id + 1}`,
      group: null,
      active: true,
      phone: null,
      email: null,
    })),
  );
  return ledger;
}

/** Opens an export of a period that holds all calls of {@link notesOf}; answers its id. */
export async function openBenchExport(ledger: Ledger, { connectionId }: BenchConnection): Promise<string> {
  const exportId = randomUUID();
  await ledger.exports.open({
    exportId,
    accountId: BENCH_ACCOUNT,
    kind: 'export',
    retryOf: null,
    connectionId,
    language: 'ru-RU',
    settings: parseExportSettings({}),
    intervalFrom: new Date(PERIOD_START),
    intervalUntil: new Date(PERIOD_START + PERIOD_DAYS * 86_400_000),
    startedAt: new Date(),
  });
  return exportId;
}

/** One note a call, spread over the period; `first` keeps the calls of several exports apart. */
export function notesOf(count: number, link: (number: number) => string, first = 1): SightedNote[] {
  return Array.from({ length: count }, (_, nth) => {
    const noteId = first + nth;
    const startedAt = new Date(PERIOD_START + Math.floor((nth / count) * PERIOD_DAYS * 86_400_000));
    return {
      noteId,
      entityType: 'contact',
      entityId: 1 + (noteId % 5_000),
      identity: `uniq:pbx:${noteId}`,
      direction: noteId % 2 === 0 ? 'incoming' : 'outgoing',
      startedAt,
      updatedAt: startedAt,
      talkSeconds: 30 + (noteId % 300),
      operatorId: 1 + (noteId % 10),
      operatorRank: 1,
      callResponsible: String(1 + (noteId % 10)),
      responsibleUserId: 1 + (noteId % 10),
      createdBy: 1 + (noteId % 10),
      link: link(noteId),
      phone: `+7999${String(noteId).padStart(7, '0')}`,
      uniq: String(noteId),
      source: 'pbx',
      result: null,
      status: 4,
      unreadable: false,
      unsortedUid: null,
    };
  });
}

/** Records the notes page by page, as a listing does. */
export async function recordAll(ledger: Ledger, exportId: string, notes: readonly SightedNote[]): Promise<void> {
  for (let start = 0; start < notes.length; start += PAGE_NOTES) {
    await ledger.calls.recordSightings(BENCH_ACCOUNT, exportId, notes.slice(start, start + PAGE_NOTES));
  }
}

/** Lets the entities of the notes be known, so that no batch asks amoCRM for them. */
export async function recordEntities(ledger: Ledger, notes: readonly SightedNote[]): Promise<void> {
  const entities = notes.map(({ entityType, entityId }) => ({
    entityType,
    entityId,
    isGone: false,
    name: `Client ${entityId}`,
    isOpen: true,
    updatedAt: null,
    mainContactId: null,
    companyId: null,
    leadIds: [],
    fields: {},
  }));
  await ledger.entities.putAll(BENCH_ACCOUNT, entities, new Date());
}

/** Closes the plan; answers the number of batches. */
export function closePlan(ledger: Ledger, exportId: string, batchSize: number): Promise<{ batches: number }> {
  return ledger.plan.close(exportId, { batchSize, recordingWaitHours: 48, now: new Date() });
}
