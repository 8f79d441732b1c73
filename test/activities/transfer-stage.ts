import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { TransferDeps } from '../../activities/transfers/call-carrier.ts';
import { createTransferActivities } from '../../activities/transfers/transfer-activities.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';
import type { TransferRef } from '../../ledger/exports/transfers.ts';
import { createRecordings } from '../../recordings/fetch-recording.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createSpeechSense, type SpeechSense } from '../../speechsense/speechsense.ts';
import { openTestLedger, planned, reportOf, sightedNote, TEST_ACCOUNT, type TestLedger } from '../support/ledger.ts';

/** A call of an export whose plan is closed. */
interface PlannedCall {
  exportId: string;
  callId: number;
  noteId: number;
}

type NoteOfCall = Partial<Parameters<typeof sightedNote>[0]>;

export interface TransferStage {
  sandbox: Sandbox;
  accountId: number;
  databaseUrl: string;
  ledger: TestLedger['ledger'];
  speechSense: SpeechSense;
  /** A link of the sandbox's telephony to a recording of this call. */
  link(noteId: number): string;
  /** One call in an export of its own. */
  plan(note?: NoteOfCall, settings?: unknown): Promise<PlannedCall>;
  /** Calls of one export, in the order of their notes. */
  planTogether(notes: readonly NoteOfCall[], settings?: unknown): Promise<PlannedCall[]>;
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
  const planTogether: TransferStage['planTogether'] = async (notes, settings = {}) => {
    const sighted = notes.map((note) => {
      const noteId = note.noteId ?? nextNote++;
      return sightedNote({ link: link(noteId), ...note, noteId });
    });
    const exportId = await planned(ledger, sighted, { connectionId, settings });
    const rows = await reportOf(ledger, exportId);
    return sighted.map(({ noteId }) => {
      const callId = rows.find((row) => row.note_id === noteId)?.call_id ?? 0;
      return { exportId, callId, noteId };
    });
  };
  return {
    sandbox,
    accountId: TEST_ACCOUNT,
    databaseUrl: test.databaseUrl,
    ledger,
    speechSense,
    link,
    async plan(note = {}, settings) {
      const [call] = await planTogether([note], settings);
      if (!call) throw new Error('one note is one call');
      return call;
    },
    planTogether,
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
        workerEnding: new AbortController().signal,
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
