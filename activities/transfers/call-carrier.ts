import { cancellationSignal, log } from '@temporalio/activity';
import type { FailureReason } from '../../errors/reasons.ts';
import { ExportError } from '../../errors/export-error.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { TransferState } from '../../ledger/schema.ts';
import type { CallToSend, Lease } from '../../ledger/exports/transfers.ts';
import { toLedgerError } from '../../ledger/database/database.ts';
import type { Recordings } from '../../recordings/fetch-recording.ts';
import { Turns } from '../../recordings/turns.ts';
import { callMetadata } from '../../speechsense/uploads/metadata.ts';
import type { SpeechSense } from '../../speechsense/speechsense.ts';
import { traitsOf } from '../../speechsense/uploads/talk-traits.ts';
import { entitiesOfCall, neededFields } from '../cards/call-entities.ts';
import { clientOf, mappedFields } from '../cards/call-fields.ts';
import { cancellationOf, stopLookup } from '../cancellation.ts';
import {
  answerOf,
  deservesLastTry,
  isNotThereYet,
  isTelephonyAway,
  reasonOf,
  recordingFailure,
} from './recording-patience.ts';
import type { KnownForAll } from './known-for-all.ts';
import type { CallBeat } from './heartbeats.ts';
import { patiently } from '../../ledger/database/patiently.ts';
import { inTurn, uploadWhileAway } from './upload-while-away.ts';

export interface TransferDeps {
  ledger: Ledger;
  speechSense: SpeechSense;
  recordings: Recordings;
  /** Patience with one recording's refused connections, 5xx and early ends. */
  recordingRetrySeconds: number;
  /** A call younger than this may get its recording yet. */
  recordingWaitHours: number;
  /**
   * Aborted with `worker_stopping` as soon as this worker is told to end. Downloads and pauses end with it; an upload goes
   * on until Temporal cancels it, when the worker's grace is over.
   */
  workerEnding: AbortSignal;
}

export interface TransferResult {
  state: TransferState;
}

/** How long what only this process knows is tried to be written down while Postgres is away. */
const ANSWER_PATIENCE_MS = 30 * 60_000;
const RELEASE_PATIENCE_MS = 5 * 60_000;
/** Attempts after which a defect of ours is the call's end, not a loop. */
const DEFECT_ATTEMPTS = 5;
/** For answers behind the half-close: a person's stop is quick, a worker that ends has some time left behind its grace. */
const ANSWER_AFTER_STOP_MS = 3_000;
const ANSWER_AFTER_GRACE_MS = 15_000;

/** One call's way: receive the recording whole, upload it, record the talk. */
export function createCallCarrier(deps: TransferDeps) {
  const { ledger } = deps;
  const suspects = new Turns(1);

  /**
   * Where an attempt at the call has died before, says in the ledger that its recording is in hand. One such call at a
   * time: a death of this process then speaks against one call, and not against all that it had under way.
   */
  function examining<T>(lease: Lease, call: CallToSend, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (call.deaths === 0) return work();
    return suspects.take(async () => {
      await ledger.transfers.setInHand(lease, true);
      try {
        return await work();
      } finally {
        await ledger.transfers.setInHand(lease, false);
      }
    }, signal);
  }

  /** Carries out the call that this attempt holds. Whatever goes wrong is thrown; nothing is decided here. */
  async function carry(lease: Lease, call: CallToSend, beat: CallBeat, known: KnownForAll): Promise<TransferState> {
    if (call.link === null) throw new ExportError('recording_missing');
    const { link } = call;
    await known.assertAccess(call);
    const signal = cancellationSignal();
    const isStopRequested = stopLookup();
    const ending = AbortSignal.any([signal, deps.workerEnding]);
    const brake = known.brake(call.accountId);
    const { turn, result } = await inTurn(brake, ending, async () => {
      const [connection, metadata] = await Promise.all([known.connection(call), metadataOf(ledger, call)]);
      beat.phase = 'download';
      const receive = (evenAtRest: boolean) =>
        deps.recordings.receive(link, {
          signal: ending,
          onProgress: beat.progress,
          accountId: call.accountId,
          evenAtRest,
          recordingHosts: call.settings.recordingHosts,
          examining: (work) => examining(lease, call, ending, work),
        });
      const recording = await receive(false).catch((error: unknown) => {
        if (!deservesLastTry(error, call, deps.recordingRetrySeconds)) throw error;
        return receive(true);
      });
      return { recording, metadata, apiKey: connection.apiKey };
    });
    const { recording, apiKey } = result;
    const { fields, cutKeys } = result.metadata;
    const sent = traitsOf(fields);
    try {
      beat.phase = 'upload';
      const { talkId, bytes } = await uploadWhileAway(
        deps.speechSense,
        {
          connectionId: call.connectionId,
          apiKey,
          fields,
          audio: { container: recording.container, sizeBytes: recording.sizeBytes, chunks: () => recording.chunks() },
          signal,
          answerAfterAbortMs: () => (isStopRequested() ? ANSWER_AFTER_STOP_MS : ANSWER_AFTER_GRACE_MS),
        },
        {
          onProgress: beat.progress,
          beforeCommit: async () => {
            const answer = await ledger.transfers.markCommitting(lease, {
              sent,
              bytes: recording.sizeBytes,
              audioFormat: recording.container,
              convertedFrom: recording.convertedFrom,
              channels: recording.format.channels,
              recordingSeconds: recording.format.durationSeconds,
              recordingRemarks: recording.remarks,
              cutKeys,
            });
            if (answer !== 'marked') throw new ExportError('lease_lost');
          },
        },
        brake,
        turn,
        // A marker whose upload was cut for certain is taken back before the next try.
        async () => {
          if (!(await patiently(() => ledger.transfers.reopen(lease), RELEASE_PATIENCE_MS))) {
            throw new ExportError('lease_lost');
          }
        },
        ending,
      );
      // The talk is there: what keeps it from being written down must never send the call a second time.
      await patiently(
        () => ledger.transfers.recordExported(lease, { talkId, sent, bytes, audioFormat: recording.container }),
        ANSWER_PATIENCE_MS,
      ).catch((cause: unknown) => {
        throw new ExportError('upload_unconfirmed', { values: { what: 'the answer could not be recorded' }, cause });
      });
      return 'exported';
    } finally {
      // What is left of a file must not hide how the upload ended.
      await recording.dispose().catch((error: unknown) => {
        log.warn('a recording was not cleared away', { error });
      });
    }
  }

  /** Decides what an error means for the call: its end, or another attempt. */
  async function settle(lease: Lease, call: CallToSend, thrown: unknown): Promise<TransferResult> {
    const cancellation = cancellationOf(thrown);
    const error = toLedgerError(thrown);
    if (error.code === 'upload_unconfirmed') {
      await patiently(() => ledger.transfers.recordUnconfirmed(lease), ANSWER_PATIENCE_MS);
      return { state: 'unconfirmed' };
    }
    if (!cancellation && !call.postponed && isTelephonyAway(error)) {
      await patiently(() => ledger.transfers.postpone(lease, answerOf(error)), RELEASE_PATIENCE_MS);
      return { state: 'waiting' };
    }
    if (!cancellation && isNotThereYet(error, call, deps.recordingWaitHours)) {
      await patiently(
        () => ledger.transfers.awaitRecording(lease, answerOf(error) ?? 'recording_expired'),
        RELEASE_PATIENCE_MS,
      );
      return { state: 'waiting' };
    }
    const reason = cancellation ? undefined : failureReason(error, call, deps.recordingRetrySeconds);
    if (reason !== undefined) {
      const format = error.values.format;
      await patiently(
        () => ledger.transfers.recordFailed(lease, reason, typeof format === 'string' ? format : undefined),
        RELEASE_PATIENCE_MS,
      );
      return { state: 'failed' };
    }
    const because = cancellation ? undefined : faultOf(error);
    await patiently(
      () => ledger.transfers.release(lease, because, cancellation ? undefined : answerOf(error)),
      RELEASE_PATIENCE_MS,
    );
    throw cancellation ?? error;
  }

  /**
   * Brings a call that is held to its end, or gives it back.
   *
   * @throws {ExportError} for what is not the call's own fault: an outage, a refused token or key. {CancelledFailure} when
   * it was stopped.
   */
  return async (lease: Lease, call: CallToSend, beat: CallBeat, known: KnownForAll): Promise<TransferResult> => {
    try {
      return { state: await carry(lease, call, beat, known) };
    } catch (error) {
      return await settle(lease, call, error);
    }
  };
}

/** Said, and not left out: who evaluates talks by operator must be able to find these. */
const UNKNOWN_OPERATOR = { id: 'unknown', name: 'неизвестен' };

async function metadataOf(ledger: Ledger, call: CallToSend) {
  const known = await ledger.entities.ofCall(call.callId);
  const entities = entitiesOfCall(
    known.filter(({ isDirect }) => isDirect),
    (ref) => known.find(({ entityType, entityId }) => entityType === ref.entityType && entityId === ref.entityId),
    neededFields(call.settings.mapping),
  );
  const operator =
    call.operatorId === null ? UNKNOWN_OPERATOR : { id: String(call.operatorId), name: call.operatorName ?? '' };
  return callMetadata({
    callId: String(call.noteId),
    startedAt: call.startedAt,
    direction: call.direction,
    operator,
    client: clientOf(call, entities),
    language: call.language,
    timeZone: call.timeZone,
    mapped: mappedFields(call, entities),
  });
}

/** The reason for which this very call fails; undefined when it is not the call's fault, or time may mend it yet. */
function failureReason(error: ExportError, call: CallToSend, retrySeconds: number): FailureReason | undefined {
  if (error.code === 'speechsense_rejected') return 'rejected_by_speechsense';
  if (error.code === 'speechsense_metadata_rejected') return 'metadata_rejected';
  if (reasonOf(error) !== undefined) return recordingFailure(error, call, retrySeconds);
  if (error.kind !== 'bug') return undefined;
  log.error('transfer failed unexpectedly', { code: error.code, what: error.values.what, defects: call.defects + 1 });
  return call.defects + 1 >= DEFECT_ATTEMPTS ? 'internal_error' : undefined;
}

/** Whose fault it was that the attempt came to nothing, where that is to be remembered. */
function faultOf({ code, kind }: ExportError): 'recording' | 'defect' | undefined {
  if (kind === 'bug') return 'defect';
  return code.startsWith('recording_') ? 'recording' : undefined;
}
