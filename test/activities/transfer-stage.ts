import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createTransferActivities, type TransferDeps } from '../../activities/transfer-activities.ts';
import type { ReportRow } from '../../ledger/report-columns.ts';
import type { TransferRef } from '../../ledger/transfers.ts';
import { createRecordings } from '../../recordings/fetch-recording.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createSpeechSense, type SpeechSense } from '../../speechsense/speechsense.ts';
import {
  openTestLedger,
  PLAN,
  planned,
  reportOf,
  sightedNote,
  TEST_ACCOUNT,
  type TestLedger,
} from '../support/ledger.ts';

/** One call planned in an export of its own. */
interface PlannedCall {
  exportId: string;
  callId: number;
  noteId: number;
}

export interface TransferStage {
  sandbox: Sandbox;
  accountId: number;
  databaseUrl: string;
  ledger: TestLedger['ledger'];
  speechSense: SpeechSense;
  /** A link of the sandbox's telephony to a recording of this call. */
  link(noteId: number): string;
  plan(note?: Partial<Parameters<typeof sightedNote>[0]>, settings?: unknown): Promise<PlannedCall>;
  /** A further call, planned in the export of an earlier one. */
  planTogether(call: PlannedCall, note: Partial<Parameters<typeof sightedNote>[0]>): Promise<PlannedCall>;
  row(call: PlannedCall): Promise<ReportRow>;
  /** Runs the activity as a worker does; `act` gets the environment while it runs. */
  transfer(
    call: PlannedCall,
    deps?: Partial<TransferDeps>,
    act?: (environment: MockActivityEnvironment) => void,
  ): Promise<{ state: string }>;
  close(): Promise<void>;
}

/** The failures that these suites are about would fill the screen. */
const SILENT = new DefaultLogger('ERROR', () => undefined);

/** A real ledger and the sandbox around `transferCall`, without Temporal. */
export async function createTransferStage(): Promise<TransferStage> {
  const [test, sandbox] = await Promise.all([openTestLedger(), startSandbox({ calls: 0 })]);
  const { ledger } = test;
  const { apiKey, connectionId, telephony, addresses } = sandbox;
  await ledger.connections.put({ accountId: TEST_ACCOUNT, connectionId, language: 'ru-RU', apiKey });
  // Each transfer its own: what one learnt of the telephony must not hold up the next.
  const freshRecordings = () =>
    createRecordings({
      insecureHosts: [new URL(addresses.telephony).host],
      limits: { maxBytes: 8_000_000, stallMs: 500 },
    });
  const speechSense = createSpeechSense({ address: addresses.speechsense, tls: false });
  let nextNote = 1;

  const link = (noteId: number) =>
    telephony.recordingUrl({ worldId: `n${noteId}`, format: 'mp3', talkSeconds: 20 + (noteId % 40) });
  return {
    sandbox,
    accountId: TEST_ACCOUNT,
    databaseUrl: test.databaseUrl,
    ledger,
    speechSense,
    link,
    async plan(note = {}, settings = {}) {
      const noteId = note.noteId ?? nextNote++;
      const sighted = sightedNote({ link: link(noteId), ...note, noteId });
      const exportId = await planned(ledger, [sighted], { connectionId, settings });
      const [row] = await reportOf(ledger, exportId);
      return { exportId, callId: row?.call_id ?? 0, noteId };
    },
    async planTogether({ exportId }, note) {
      const noteId = nextNote++;
      await ledger.calls.recordSightings(TEST_ACCOUNT, exportId, [
        sightedNote({ link: link(noteId), ...note, noteId }),
      ]);
      // The plan is closed already; what it would decide of a further call is plain.
      await ledger.plan.planWaiting(exportId, PLAN);
      const row = (await reportOf(ledger, exportId)).find(({ note_id }) => note_id === noteId);
      return { exportId, callId: row?.call_id ?? 0, noteId };
    },
    async row({ exportId, callId }) {
      const row = (await reportOf(ledger, exportId)).find(({ call_id }) => call_id === callId);
      if (!row) throw new Error('the export has one call');
      return row;
    },
    async transfer({ exportId, callId }, deps = {}, act) {
      const recordings = freshRecordings();
      const activities = createTransferActivities({
        ledger,
        speechSense,
        recordings,
        recordingRetrySeconds: 600,
        recordingWaitHours: 48,
        ...deps,
      });
      const environment = new MockActivityEnvironment({ activityType: 'transferCall' }, { logger: SILENT });
      act?.(environment);
      try {
        return await environment.run((ref: TransferRef) => activities.transferCall(ref), { exportId, callId });
      } finally {
        await recordings.close();
      }
    },
    async close() {
      speechSense.close();
      await sandbox.close();
      await test.close();
    },
  };
}
