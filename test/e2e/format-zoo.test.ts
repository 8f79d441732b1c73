import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import path from 'node:path';
import type { ExportStatus } from '../../client/exports/status.ts';
import type { ReportRow } from '../../ledger/exports/report-columns.ts';
import { type RecordingFormat, RECORDING_FORMATS } from '../../sandbox/recording-formats.ts';
import type { Talk } from '../../sandbox/speechsense/talk-store.ts';
import { commandLine } from '../cli/command-line.ts';
import { probeAudio } from '../support/probed-audio.ts';
import { expectOnce, expectToAddUp } from '../support/promises.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Each its own length: of one length, several formats would become the very same talk. */
const talkSeconds = (format: RecordingFormat) => 4 + RECORDING_FORMATS.indexOf(format) * 0.1;

type Empty = 'wav-empty' | 'mp3-empty' | 'ogg-empty';

/** What each becomes, and what the report calls the format that it came in. */
interface Fate {
  sent: 'mp3' | 'wav' | 'ogg_opus';
  from: string | null;
  channels?: 1 | 2;
  remarks?: string;
  /** Of its length. */
  share?: number;
}

const ZOO: Record<Exclude<RecordingFormat, Empty>, Fate> = {
  mp3: { sent: 'mp3', from: null },
  wav: { sent: 'wav', from: null },
  ogg: { sent: 'ogg_opus', from: null },
  'mp3-vbr': { sent: 'mp3', from: null },
  'mp3-garbage': { sent: 'mp3', from: null },
  'mp3-mono': { sent: 'mp3', from: null, channels: 1 },
  'wav-mono': { sent: 'wav', from: null, channels: 1 },
  'wav-alaw': { sent: 'ogg_opus', from: 'WAV G.711 A-law' },
  'wav-ulaw': { sent: 'ogg_opus', from: 'WAV G.711 µ-law' },
  'wav-ima-adpcm': { sent: 'ogg_opus', from: 'WAV IMA ADPCM' },
  'wav-ms-adpcm': { sent: 'ogg_opus', from: 'WAV MS ADPCM' },
  'wav-gsm': { sent: 'ogg_opus', from: 'WAV GSM 6.10', channels: 1 },
  'wav-pcm24': { sent: 'ogg_opus', from: 'WAV PCM 24-bit' },
  'wav-float': { sent: 'ogg_opus', from: 'WAV float' },
  'wav-mp3': { sent: 'ogg_opus', from: 'WAV MP3' },
  'ogg-vorbis': { sent: 'ogg_opus', from: 'Ogg Vorbis' },
  'ogg-speex': { sent: 'ogg_opus', from: 'Ogg Speex' },
  'ogg-flac': { sent: 'ogg_opus', from: 'Ogg FLAC' },
  m4a: { sent: 'ogg_opus', from: 'M4A' },
  'm4a-tail': { sent: 'ogg_opus', from: 'M4A' },
  'm4a-fragmented': { sent: 'ogg_opus', from: 'M4A' },
  aac: { sent: 'ogg_opus', from: 'AAC' },
  amr: { sent: 'ogg_opus', from: 'AMR', channels: 1 },
  webm: { sent: 'ogg_opus', from: 'WebM' },
  flac: { sent: 'ogg_opus', from: 'FLAC' },
  aiff: { sent: 'ogg_opus', from: 'AIFF' },
  au: { sent: 'ogg_opus', from: 'AU' },
  caf: { sent: 'ogg_opus', from: 'CAF' },
  wma: { sent: 'ogg_opus', from: 'WMA' },
  gsm: { sent: 'ogg_opus', from: 'raw GSM 06.10', channels: 1 },
  'raw-ulaw': { sent: 'ogg_opus', from: 'raw G.711 µ-law' },
  'raw-alaw': { sent: 'ogg_opus', from: 'raw G.711 A-law' },
  'raw-pcm': { sent: 'ogg_opus', from: 'raw PCM 16-bit' },
  'wav-unsized': { sent: 'wav', from: null },
  'wav-cut': { sent: 'wav', from: null, remarks: 'incomplete', share: 0.8 },
  'wav-rifx': { sent: 'wav', from: null },
  'wav-4-channels': { sent: 'ogg_opus', from: 'WAV G.711 A-law', remarks: 'channels_mixed' },
  wave64: { sent: 'ogg_opus', from: 'WAV Wave64' },
  mp2: { sent: 'ogg_opus', from: 'MP2' },
  'ogg-late': { sent: 'ogg_opus', from: 'OggOpus' },
  'm4a-newline': { sent: 'ogg_opus', from: 'M4A' },
  'm4a-two-tracks': { sent: 'ogg_opus', from: 'M4A', remarks: 'tracks_joined' },
  'mov-untyped': { sent: 'ogg_opus', from: 'QuickTime' },
  'aac-latm': { sent: 'ogg_opus', from: 'AAC LATM' },
  'webm-late': { sent: 'ogg_opus', from: 'WebM' },
  'webm-pauses': { sent: 'ogg_opus', from: 'WebM' },
  'mka-two-tracks': { sent: 'ogg_opus', from: 'WebM', remarks: 'tracks_joined' },
  g722: { sent: 'ogg_opus', from: 'raw G.722', channels: 1 },
};

const SOUNDING = Object.keys(ZOO) as (keyof typeof ZOO)[];
const EMPTY = RECORDING_FORMATS.filter((format): format is Empty => !Object.hasOwn(ZOO, format));

const CONTAINERS = { mp3: 'MP3', wav: 'WAV', ogg_opus: 'OGG_OPUS' };
const CODECS = { mp3: 'mp3', wav: 'pcm_s16le', ogg_opus: 'opus' };

describe('a recording of every format there is', () => {
  let stage: Stage;
  let status: ExportStatus;
  let rows: ReportRow[];
  let talks: Talk[];
  const noteOf = new Map<string, number>();

  beforeAll(async () => {
    stage = await createStage({ sandbox: { calls: 0, keepAudio: true } });
    for (const format of RECORDING_FORMATS) {
      const note = stage.sandbox.world.insertNote({
        noteType: 'call_in',
        createdAt: stage.sandbox.world.now() - 3_600,
        params: {
          uniq: `zoo-${format}`,
          duration: Math.round(talkSeconds(format)),
          phone: '+79990000000',
          source: 'zoo',
        },
        recording: { format, talkSeconds: talkSeconds(format) },
      });
      noteOf.set(format, note.id);
    }
    await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    status = await stage.finished(exportId);
    rows = await stage.report(exportId);
    talks = stage.sandbox.speechsense.talks();
  });
  afterAll(() => stage.close());

  test('is exported, once, and the totals add up', () => {
    expect(status.calls).toMatchObject({
      found: RECORDING_FORMATS.length,
      exported: SOUNDING.length,
      failed: EMPTY.length,
    });
    expectToAddUp(status, rows);
    expectOnce(stage, rows);
  });

  test('is counted in the report where it was converted, or has one channel, and what that means is said', async () => {
    const folder = await temporaryFolder();
    const run = commandLine(stage.environment);
    const out = path.join(folder.path, 'report.csv');
    const kinds = Object.values(ZOO);
    expect(JSON.parse((await run(`report --out ${out} --json`)).stdout)).toMatchObject({
      rows: RECORDING_FORMATS.length,
      converted: kinds.filter(({ from }) => from !== null).length,
      mono: kinds.filter(({ channels }) => channels === 1).length,
      incomplete: 1,
    });
    expect((await run('report --lang en')).stderr).toMatch(
      /6 exported recordings have one channel.*two-channel connection/,
    );
    await folder.remove();
  });

  test.each(EMPTY)('%s fails as a recording without sound', (format) => {
    const row = rows.find(({ note_id }) => note_id === noteOf.get(format));
    expect(row).toMatchObject({ state: 'failed', reason: 'recording_empty', talk_id: null });
  });

  test.each(SOUNDING)('%s is a talk that can be played, with its channels and its length', async (format) => {
    const { sent, from, channels = 2, remarks = null, share = 1 } = ZOO[format];
    const seconds = share * talkSeconds(format);
    const noteId = noteOf.get(format);
    const row = rows.find(({ note_id }) => note_id === noteId);
    expect(row).toMatchObject({ state: 'exported', reason: null, audio_format: sent, converted_from: from, channels });
    expect(row?.recording_remarks).toBe(remarks);
    const talk = talks.find(({ id }) => id === row?.talk_id);
    expect(talk?.audio).toMatchObject({ container: CONTAINERS[sent], recognisable: true, sizeBytes: row?.bytes });

    const stored = await probeAudio(talk?.audio.bytes ?? Buffer.alloc(0));
    expect(stored).toMatchObject({ codec: CODECS[sent], channels });
    // Encoders pad to whole frames, at both ends.
    expect(Math.abs(stored.seconds - seconds)).toBeLessThan(0.3);
    expect(Math.abs(stored.seconds - (row?.recording_seconds ?? 0))).toBeLessThan(0.2);
    // Operator left, client right, in turns: each is heard alone for about half of the time.
    if (channels === 2) {
      expect(stored.alone.left).toBeGreaterThan(0.3);
      expect(stored.alone.right).toBeGreaterThan(0.3);
    }
  });
});
