import { randomUUID } from 'node:crypto';
import type { SightedNote } from '../../ledger/calls/calls.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import type { ExportKind } from '../../ledger/schema.ts';
import { type ExportSettings, parseExportSettings } from '../../settings/export-settings.ts';
import { createTestSchema } from './postgres-schema.ts';

export interface TestLedger {
  ledger: Ledger;
  databaseUrl: string;
  close(): Promise<void>;
}

export const TEST_KEYS = [{ id: 'k1', key: Buffer.alloc(32, 1) }];
export const TEST_ACCOUNT = 31_415;
export const TEST_CONNECTION = 'connection-1';

/** A migrated ledger in a schema of its own, with one account and its connection. */
export async function openTestLedger(): Promise<TestLedger> {
  const schema = await createTestSchema();
  const ledger = openLedger({ databaseUrl: schema.databaseUrl, encryptionKeys: TEST_KEYS });
  await ledger.migrate();
  await ledger.accounts.put({
    accountId: TEST_ACCOUNT,
    host: 'example.amocrm.ru',
    name: 'Example',
    timeZone: 'Europe/Moscow',
    isApiFilterEnabled: true,
    country: 'RU',
  });
  await ledger.connections.put({
    accountId: TEST_ACCOUNT,
    connectionId: TEST_CONNECTION,
    language: 'ru-RU',
    apiKey: 'AQVN-test-key',
  });
  return {
    ledger,
    databaseUrl: schema.databaseUrl,
    close: async () => {
      await ledger.close();
      await schema.drop();
    },
  };
}

export interface TestExport {
  accountId?: number;
  kind?: ExportKind;
  settings?: unknown;
  connectionId?: string;
  retryOf?: string;
}

export const PERIOD_START = new Date('2026-11-01T00:00:00+03:00');
export const PERIOD_END = new Date('2026-11-08T00:00:00+03:00');

/** What is remembered of an upload, where it does not matter. */
export const SENT = { sent: { call_id: '1', date: '2026-11-02T12:00:00+03:00' }, bytes: 5, audioFormat: 'mp3' };

/** Opens an export of 1–7 November 2026 and answers its id. */
export async function openTestExport(
  ledger: Ledger,
  {
    accountId = TEST_ACCOUNT,
    kind = 'export',
    settings = {},
    connectionId = TEST_CONNECTION,
    retryOf,
  }: TestExport = {},
): Promise<string> {
  const exportId = randomUUID();
  const parsed: ExportSettings = parseExportSettings(settings);
  await ledger.exports.open({
    exportId,
    accountId,
    kind,
    retryOf: retryOf ?? null,
    connectionId,
    language: 'ru-RU',
    settings: parsed,
    intervalFrom: PERIOD_START,
    intervalUntil: PERIOD_END,
    startedAt: new Date(),
  });
  return exportId;
}

/** A call note of noon, 2 November 2026, answered for a minute; what differs is given. */
export function sightedNote(differing: Partial<SightedNote> & { noteId: number }): SightedNote {
  const { noteId } = differing;
  return {
    entityType: 'contact',
    entityId: 1_000 + noteId,
    identity: `uniq:pbx:${noteId}`,
    direction: 'incoming',
    startedAt: new Date('2026-11-02T12:00:00+03:00'),
    updatedAt: new Date('2026-11-02T12:05:00+03:00'),
    talkSeconds: 60,
    operatorId: 7,
    operatorRank: 1,
    link: `https://pbx.example/${noteId}.mp3`,
    phone: '+79990000000',
    uniq: String(noteId),
    source: 'pbx',
    result: null,
    status: null,
    unreadable: false,
    unsortedUid: null,
    ...differing,
  };
}

export const PLAN = { batchSize: 100, recordingWaitHours: 48, now: new Date('2026-11-20T00:00:00+03:00') };

/** Lists the notes in a new export and closes its plan. */
export async function planned(ledger: Ledger, notes: SightedNote[], options: TestExport = {}): Promise<string> {
  const exportId = await openTestExport(ledger, options);
  await ledger.calls.recordSightings(TEST_ACCOUNT, exportId, notes);
  await ledger.plan.close(exportId, PLAN);
  return exportId;
}

/** The export's report in full. */
export async function reportOf(ledger: Ledger, exportId: string) {
  const rows = [];
  for await (const row of ledger.report.rows(exportId)) rows.push(row);
  return rows;
}
