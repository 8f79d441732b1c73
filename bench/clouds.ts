import { z } from 'zod';
import { linkPath } from '../sandbox/telephony/recording-link.ts';
import { untilReady } from '../scripts/servers/until-ready.ts';
import { lastJson, startChild } from './child-process.ts';

const addressesSchema = z.object({
  telephony: z.string(),
  speechsense: z.string(),
  apiKey: z.string(),
  connectionId: z.string(),
});

/** Stand-ins for telephony and SpeechSense, in one process apart from what is measured. */
export interface Clouds extends z.output<typeof addressesSchema> {
  pid: number;
  /** The link of an MP3 recording of this very size. */
  link(number: number, sizeBytes: number): string;
  stop(): Promise<void>;
}

/** @param slowBytesPerSecond how fast the sink reads each upload; as fast as it can without it. */
export async function startClouds({ slowBytesPerSecond }: { slowBytesPerSecond?: number } = {}): Promise<Clouds> {
  const args = slowBytesPerSecond === undefined ? [] : ['--slow-bytes-per-second', String(slowBytesPerSecond)];
  const child = await startChild('bench/clouds-process.ts', { args });
  await untilReady('Telephony and SpeechSense', child, () => Promise.resolve(lastJson(child)));
  const addresses = addressesSchema.parse(lastJson(child));
  return {
    ...addresses,
    pid: child.pid,
    link: (number, sizeBytes) =>
      addresses.telephony +
      linkPath({ recording: { worldId: `w${number}`, format: 'mp3', sizeBytes }, expiresAtMs: undefined }),
    stop: () => child.stop('SIGKILL', 0),
  };
}
