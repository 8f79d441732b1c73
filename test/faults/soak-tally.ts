import { recordedCallsOf } from '../support/recordings.ts';
import type { Stage } from '../support/stage.ts';

export interface Tally {
  /** Calls that have a recording and so must end as a talk. */
  calls: number;
  exported: number;
  failed: number;
  unconfirmed: number;
  /** Calls without a talk that the report does not call unconfirmed, and talks that it names and that are not there. */
  lost: number;
  /** Talks too many. */
  doubled: number;
  /** Talks that are no whole recording of any call. */
  cut: number;
}

/** What became of every call, judged by the talks that SpeechSense stored in this connection. */
export async function tallyOf(stage: Stage, connectionId: string, exportId: string): Promise<Tally> {
  const calls = await recordedCallsOf(stage);
  const talks = stage.sandbox.speechsense.talks().filter((talk) => talk.connectionId === connectionId);
  const ids = new Set(talks.map(({ id }) => id));
  const stored = new Set(talks.map(({ audio }) => audio.sha256));
  const report = await stage.report(exportId);
  const inState = (state: string) => report.filter((row) => row.state === state);
  const exported = report.filter(({ state, reason }) => state === 'exported' || reason === 'already_exported');
  // By call: one that is stored and unconfirmed must not make up for one that is neither.
  const inDoubt = new Set(inState('unconfirmed').map(({ note_id }) => note_id));
  const lost = [...calls].filter(([hash, noteIds]) => !stored.has(hash) && !noteIds.some((id) => inDoubt.has(id)));
  const untrue = inState('exported').filter(({ talk_id }) => talk_id === null || !ids.has(talk_id)).length;
  return {
    calls: calls.size,
    exported: exported.length,
    failed: inState('failed').filter(({ reason }) => reason !== 'recording_missing').length,
    unconfirmed: inDoubt.size,
    lost: lost.length + untrue,
    doubled: talks.length - stored.size,
    cut: [...stored].filter((hash) => hash === undefined || !calls.has(hash)).length,
  };
}
