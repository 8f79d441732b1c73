import type { StreamWire } from './tapped-connection.ts';

/**
 * How an upload ended: `stored` as a talk; `refused` with an error; `reset` by its client with RST_STREAM alone;
 * `dropped` with its connection; `faulted`: cut or left without an answer by a fault of ours, nothing stored.
 */
export type UploadOutcome = 'open' | 'stored' | 'refused' | 'reset' | 'dropped' | 'faulted';

/** One upload as the server saw it. */
export interface UploadRecord {
  number: number;
  connection: number;
  rpc: string;
  outcome: UploadOutcome;
  /** Code of an error that was answered, also one after storing. */
  answeredCode: number | undefined;
  talkId: string | undefined;
  callId: string | undefined;
  audioBytes: number;
  /** The `grpc-timeout` that the client sent, verbatim. */
  deadline: string | undefined;
  /** What the client's frames said; goes on being filled in after the upload's end. */
  wire: StreamWire;
}

export interface UploadCounters {
  begun: number;
  halfClosed: number;
  stored: number;
  refused: number;
  reset: number;
  dropped: number;
  faulted: number;
  open: number;
  peakOpen: number;
  withDeadline: number;
  audioBytes: number;
}

/** Records remembered; the counters count on. */
const REMEMBERED = 20_000;

/** What became of each upload. */
export class UploadLog {
  #records: UploadRecord[] = [];
  #counters = emptyCounters();

  begin(upload: Pick<UploadRecord, 'connection' | 'rpc' | 'deadline' | 'wire'>): UploadRecord {
    const counters = this.#counters;
    counters.begun += 1;
    counters.open += 1;
    counters.peakOpen = Math.max(counters.peakOpen, counters.open);
    if (upload.deadline !== undefined) counters.withDeadline += 1;
    const record: UploadRecord = {
      number: counters.begun,
      outcome: 'open',
      answeredCode: undefined,
      talkId: undefined,
      callId: undefined,
      audioBytes: 0,
      ...upload,
    };
    this.#records.push(record);
    if (this.#records.length > 2 * REMEMBERED) this.#records = this.#records.slice(-REMEMBERED);
    return record;
  }

  audio(record: UploadRecord, bytes: number): void {
    record.audioBytes += bytes;
    this.#counters.audioBytes += bytes;
  }

  /** Gives an open upload its outcome; an upload has one only. */
  end(record: UploadRecord, outcome: Exclude<UploadOutcome, 'open'>): void {
    if (record.outcome !== 'open') return;
    record.outcome = outcome;
    this.#counters[outcome] += 1;
    this.#counters.open -= 1;
    if (record.wire.halfClosed) this.#counters.halfClosed += 1;
  }

  counters(): UploadCounters {
    return { ...this.#counters };
  }

  /** The last ones, oldest first. */
  records(): UploadRecord[] {
    return this.#records.slice(-REMEMBERED);
  }

  /** Forgets all that have ended; the open ones are counted as begun anew. */
  reset(): void {
    this.#records = this.#records.filter((record) => record.outcome === 'open');
    const open = this.#records.length;
    this.#counters = { ...emptyCounters(), begun: open, open, peakOpen: open };
  }
}

function emptyCounters(): UploadCounters {
  return {
    begun: 0,
    halfClosed: 0,
    stored: 0,
    refused: 0,
    reset: 0,
    dropped: 0,
    faulted: 0,
    open: 0,
    peakOpen: 0,
    withDeadline: 0,
    audioBytes: 0,
  };
}
