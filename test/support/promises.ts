import { expect } from '@jest/globals';
import type { ExportStatus } from '../../client/exports/status.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';
import { recordingsOf } from './recordings.ts';
import type { Stage } from './stage.ts';

/** The promise "it adds up": of the totals in themselves, and of the totals with the report, call by call. */
export function expectToAddUp({ calls, failures }: ExportStatus, report: ReportRow[]): void {
  const skipped = Object.values(calls.skipped).reduce((sum, count) => sum + count, 0);
  expect(calls.found).toBe(calls.planned + skipped);
  expect(calls.planned).toBe(calls.exported + calls.failed + calls.waiting + calls.unconfirmed + calls.remaining);

  const inState = (...states: string[]) => report.filter(({ state }) => states.includes(state)).length;
  expect(report).toHaveLength(calls.found);
  expect(inState('exported')).toBe(calls.exported);
  expect(inState('failed')).toBe(calls.failed);
  expect(inState('waiting')).toBe(calls.waiting);
  expect(inState('unconfirmed')).toBe(calls.unconfirmed);
  expect(inState('planned', 'uploading', 'committing')).toBe(calls.remaining);
  expect(inState('skipped')).toBe(skipped);
  for (const [reason, count] of Object.entries(failures)) {
    expect(report.filter((row) => row.state === 'failed' && row.reason === reason)).toHaveLength(count);
  }
}

/**
 * The promise "once", judged by what SpeechSense itself stored: no call has two talks, each exported call has the very
 * talk that the report names, and no talk belongs to a call that the report does not call exported or unconfirmed.
 */
export function expectOnce(stage: Stage, report: ReportRow[]): void {
  const talks = stage.sandbox.speechsense.talks();
  const talkOfNote = new Map<string, string[]>();
  for (const { id, fields } of talks) {
    const noteId = fields.call_id ?? '';
    talkOfNote.set(noteId, [...(talkOfNote.get(noteId) ?? []), id]);
  }
  expect([...talkOfNote].filter(([, ids]) => ids.length > 1)).toEqual([]);
  expect(new Set(talks.map(({ audio }) => audio.sha256)).size).toBe(talks.length);

  const rowOfNote = new Map(report.map((row) => [String(row.note_id), row]));
  for (const row of report.filter(({ state }) => state === 'exported')) {
    expect(talkOfNote.get(String(row.note_id))).toEqual([row.talk_id]);
  }
  for (const noteId of talkOfNote.keys()) {
    expect(['exported', 'unconfirmed', 'skipped']).toContain(rowOfNote.get(noteId)?.state);
  }
}

/** Nothing cut short became a talk: every talk has the hash of the recording as its telephony serves it. */
export async function expectWhole(stage: Stage): Promise<void> {
  const hashes = await recordingsOf(stage);
  for (const { audio } of stage.sandbox.speechsense.talks()) expect(hashes).toContain(audio.sha256);
}

/** How many calls of the sandbox have a recording and so must end as a talk. */
export function recordedCalls(stage: Stage): number {
  return stage.sandbox.world.calls.filter(({ hasLink }) => hasLink).length;
}
