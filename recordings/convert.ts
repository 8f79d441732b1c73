import { availableParallelism } from 'node:os';
import { ExportError } from '../errors/export-error.ts';
import type { AudioFormat, Demuxer } from './audio-format.ts';
import { runFfmpeg } from './ffmpeg-process.ts';
import type { StoredBytes } from './stored-bytes.ts';
import { Turns } from './turns.ts';

/** Clear speech needs no more, and each channel is coded as well as if it were alone (docs/decisions/0023). */
const BITS_PER_CHANNEL = 32_000;
/** Little over SpeechSense's 4 hours: enough to tell that a recording is longer, whatever it unpacks to. */
const MAX_OUTPUT_SECONDS = 4 * 3_600 + 60;

export interface ConverterOptions {
  /** The program: a path, or a name to be found on PATH. */
  ffmpeg: string;
  /** For one recording; 4 hours of sound take about two minutes. */
  timeoutMs: number;
  /** What comes out may be no larger either. */
  maxBytes: number;
}

export interface Converter {
  /**
   * Converts a recording to Ogg Opus with the same channels.
   *
   * @throws ExportError `audio_unsupported` where there is no ffmpeg, `conversion_failed`, `recording_too_large`; the
   * signal's own reason.
   */
  convert(source: StoredBytes, format: AudioFormat, target: StoredBytes, signal: AbortSignal): Promise<void>;
}

/** One per process: no more conversions run at once than there are processors. */
export function createConverter({ ffmpeg, timeoutMs, maxBytes }: ConverterOptions): Converter {
  const turns = new Turns(availableParallelism());

  async function convert(
    source: StoredBytes,
    format: AudioFormat,
    target: StoredBytes,
    signal: AbortSignal,
  ): Promise<void> {
    async function output(bytes: Buffer): Promise<void> {
      if (target.sizeBytes + bytes.length > maxBytes) {
        throw new ExportError('recording_too_large', { values: { maxBytes } });
      }
      await target.append(bytes);
    }
    const ended = await turns.take(
      () =>
        runFfmpeg({
          ffmpeg,
          arguments: conversionArguments(format),
          input: source.chunks(),
          output,
          timeoutMs,
          signal,
        }),
      signal,
    );
    await target.complete();
    const values = { format: format.name };
    if (ended === 'absent') throw new ExportError('audio_unsupported', { values });
    if (ended !== 'done') throw new ExportError('conversion_failed', { values });
  }

  return { convert };
}

/**
 * The reader is given, so that bytes cannot choose one (a playlist, a list of files), and only pipes may be opened: a
 * recording that names a file or an address gets neither.
 */
function conversionArguments({ demuxer = 'wav', channels = 2, sampleRateHz }: AudioFormat): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'quiet', '-threads', '1', '-filter_threads', '1'],
    ...['-protocol_whitelist', 'pipe,cache', '-f', demuxer],
    ...(HEADERLESS.has(demuxer) ? ['-ar', String(sampleRateHz), '-ac', String(channels)] : []),
    ...(SEEKING.has(demuxer) ? ['-read_ahead_limit', '-1', '-i', 'cache:pipe:0'] : ['-i', 'pipe:0']),
    // The first track of sound and nothing else: no pictures, no tags, which may hold names.
    ...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1', '-t', String(MAX_OUTPUT_SECONDS)],
    ...['-c:a', 'libopus', '-application', 'voip', '-b:a', String(BITS_PER_CHANNEL * channels), '-threads', '1'],
    // The same recording becomes the same bytes.
    ...['-fflags', '+bitexact', '-flags:a', '+bitexact', '-f', 'ogg', 'pipe:1'],
  ];
}

const HEADERLESS: ReadonlySet<Demuxer> = new Set<Demuxer>(['alaw', 'mulaw', 's16le', 's16be']);

/**
 * Files whose table of contents may stand at the end. ffmpeg's `cache:` keeps what it has read from the pipe in a file
 * without a name, so that it can go back, without being let at files in general.
 */
const SEEKING: ReadonlySet<Demuxer> = new Set<Demuxer>(['mov', 'caf']);
