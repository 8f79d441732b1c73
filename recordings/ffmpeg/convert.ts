import { availableParallelism } from 'node:os';
import { ExportError } from '../../errors/export-error.ts';
import type { AudioRemark, Recognised } from '../formats/audio-format.ts';
import { inputArguments } from './ffmpeg-input.ts';
import { type InputLook, readLook } from './ffmpeg-look.ts';
import { type FfmpegRun, runFfmpeg } from './ffmpeg-process.ts';
import { findIsolation, type Isolation } from './isolation.ts';
import { inScratchFolder } from '../storage/scratch-folder.ts';
import { planSound, type SoundPlan } from './sound-filter.ts';
import type { StoredBytes } from '../storage/stored-bytes.ts';
import { Turns } from '../turns.ts';

/** Clear speech needs no more, and each channel is coded as well as if it were alone (docs/decisions/0023). */
const BITS_PER_CHANNEL = 32_000;
/** Little over SpeechSense's 4 hours: enough to tell that a recording is longer, whatever it unpacks to. */
const MAX_OUTPUT_SECONDS = 4 * 3_600 + 60;
/** What holds the time of each packet; elsewhere times are worked out of bytes, and a gap between them says nothing. */
const CLOCKED = ['matroska', 'mov', 'ogg', 'asf', 'flv', 'mpegts', 'mpeg', 'nut'];
/** Their headers count samples, and are written when all of them are there. */
const COUNTING = ['flac', 'w64'];

const UNKNOWN_FORMAT = 'unknown';

export interface ConverterOptions {
  /** The program: a path, or a name to be found on PATH. */
  ffmpeg: string;
  /** Default: the most that the system allows. */
  isolation?: Isolation | undefined;
  /** For files of ffmpeg's own. */
  tempDir: string;
  /** For one recording; 4 hours of sound take about two minutes. */
  timeoutMs: number;
  /** What comes out may be no larger either. */
  maxBytes: number;
}

export interface Conversion {
  /** The name of the format that it came in. */
  from: string;
  remarks: AudioRemark[];
  /** As the recording's headers claim, which may be anything. */
  claimedSeconds: number | undefined;
  /** By what is there; undefined where only ffmpeg could count it. */
  countedSeconds: number | undefined;
  /** All of it could be read. */
  isWhole: boolean;
}

export interface Converter {
  /**
   * Converts a recording to Ogg Opus of one or two channels.
   *
   * @throws ExportError `audio_unsupported` where there is no ffmpeg, `recording_not_audio`, `conversion_failed`,
   * `recording_too_large`; the signal's own reason.
   */
  convert(recognised: Recognised, target: StoredBytes, signal: AbortSignal): Promise<Conversion>;
}

/** One per process: no more conversions run at once than there are processors. */
export function createConverter({ ffmpeg, timeoutMs, maxBytes, tempDir, ...options }: ConverterOptions): Converter {
  const turns = new Turns(availableParallelism());
  let found: Promise<Isolation> | undefined;

  async function run(
    { reader, name = UNKNOWN_FORMAT }: Pick<Recognised, 'reader' | 'name'>,
    given: Pick<FfmpegRun, 'arguments' | 'input' | 'output' | 'signal'>,
  ) {
    const isolation = options.isolation ?? (await (found ??= findIsolation()));
    const running = (scratch?: string) =>
      runFfmpeg({ ffmpeg, isolation, timeoutMs, ...(scratch && { scratch }), ...given });
    // What it reads through a pipe alone needs no file.
    const result = await (reader || isolation !== 'own_root' ? running() : inScratchFolder(tempDir, running));
    if (result.end === 'absent') throw new ExportError('audio_unsupported', { values: { format: name } });
    return result;
  }

  /** What ffmpeg makes of bytes that it has to understand itself. */
  async function look(recognised: Recognised, signal: AbortSignal): Promise<InputLook> {
    const { name, source, reader } = recognised;
    const described = ['-nostdin', '-hide_banner', ...inputArguments(reader)];
    const output = () => Promise.resolve();
    const { printed } = await run(recognised, { arguments: described, input: source.chunks(), output, signal });
    const seen = readLook(printed);
    if (seen && seen.tracks.length > 0) return seen;
    // What nobody knows is no recording, nor is a film without sound.
    if (name === undefined || seen) throw new ExportError('recording_not_audio');
    throw new ExportError('conversion_failed', { values: { format: name } });
  }

  async function convertInTurn(recognised: Recognised, target: StoredBytes, signal: AbortSignal): Promise<Conversion> {
    const { source, reader, isChained } = recognised;
    const seen = reader?.channels
      ? { demuxer: reader.demuxer, claimedSeconds: undefined, tracks: [{ codec: '', channels: reader.channels }] }
      : await look(recognised, signal);
    const isClocked = !isChained && CLOCKED.some((demuxer) => seen.demuxer.split(',').includes(demuxer));
    const plan = planSound(seen.tracks, isClocked);
    const from = recognised.name ?? `${seen.demuxer.split(',')[0]} ${seen.tracks[0]?.codec}`;
    const failed = () => new ExportError('conversion_failed', { values: { format: from } });
    if (!plan) throw failed();
    const output = async (bytes: Buffer): Promise<void> => {
      if (target.sizeBytes + bytes.length > maxBytes) {
        throw new ExportError('recording_too_large', { values: { maxBytes } });
      }
      await target.append(bytes);
    };
    const conversion = conversionArguments(inputArguments(reader), plan);
    const { end } = await run(
      { ...recognised, name: from },
      { arguments: conversion, input: source.chunks(), output, signal },
    );
    await target.complete();
    if (end === 'failed') throw failed();
    return {
      from,
      remarks: plan.remarks,
      claimedSeconds: seen.claimedSeconds,
      countedSeconds: reader
        ? reader.countedSeconds
        : COUNTING.includes(seen.demuxer)
          ? seen.claimedSeconds
          : undefined,
      isWhole: end === 'done',
    };
  }

  return {
    convert: (recognised, target, signal) => turns.take(() => convertInTurn(recognised, target, signal), signal),
  };
}

function conversionArguments(input: string[], plan: SoundPlan): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'quiet', '-threads', '1', '-filter_threads', '1'],
    ...['-filter_complex_threads', '1', ...input, ...plan.arguments],
    // No pictures, no tags, which may hold names.
    ...['-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-t', String(MAX_OUTPUT_SECONDS)],
    ...['-c:a', 'libopus', '-application', 'voip', '-b:a', String(BITS_PER_CHANNEL * plan.channels), '-threads', '1'],
    // The same recording becomes the same bytes.
    ...['-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'ogg', 'pipe:1'],
  ];
}
