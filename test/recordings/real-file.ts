import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ExportError } from '../../errors/export-error.ts';
import { createRecordings } from '../../recordings/fetch-recording.ts';
import { FFMPEG } from '../support/made-audio.ts';
import { probeAudio } from '../support/probed-audio.ts';

/** What nothing in the bytes says: ffmpeg is told for the reference, and the product by the server's media type. */
const HEADERLESS: Record<string, { contentType: string; input: string[] }> = {
  '.alaw': { contentType: 'audio/PCMA', input: ['-f', 'alaw', '-ar', '8000'] },
  '.ulaw': { contentType: 'audio/PCMU', input: ['-f', 'mulaw', '-ar', '8000'] },
  '.g722': { contentType: 'audio/G722', input: ['-f', 'g722'] },
  '.gsm': { contentType: 'application/octet-stream', input: ['-f', 'gsm'] },
};
const LEAST_SECONDS = 0.1;
const MOST_APART_SECONDS = 0.1;

export interface Judgement {
  file: string;
  /** What the product makes of it: a format, or why it refuses. */
  outcome: string;
  /** What is wrong with that, by ffmpeg's measure of the file itself; undefined when nothing is. */
  wrong: string | undefined;
}

/** Serves real files to the product and judges what it would upload. */
export async function openJudge(): Promise<{ judge(file: string): Promise<Judgement>; close(): Promise<void> }> {
  const served = new Map<string, { body: Buffer; contentType: string }>();
  const server = createServer((request, response) => {
    const { body, contentType = '' } = served.get(request.url ?? '') ?? {};
    response.setHeader('content-type', contentType).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recordings = createRecordings({ insecureHosts: [host], ffmpeg: FFMPEG });

  async function sent(url: string) {
    const recording = await recordings.receive(`http://${host}${url}`, { signal: new AbortController().signal });
    const parts: Buffer[] = [];
    for await (const part of recording.chunks()) parts.push(Buffer.from(part));
    await recording.dispose();
    return { recording, bytes: Buffer.concat(parts) };
  }

  async function judge(file: string): Promise<Judgement> {
    const body = await readFile(file);
    const { contentType = 'application/octet-stream', input = [] } = HEADERLESS[path.extname(file).toLowerCase()] ?? {};
    const expected = await probeAudio(body, input).catch(() => undefined);
    const url = `/${encodeURIComponent(file)}`;
    served.set(url, { body, contentType });
    try {
      const { recording, bytes } = await sent(url);
      const outcome = recording.convertedFrom ?? recording.container;
      return { file, outcome, wrong: difference(expected, await probeAudio(bytes), recording.format.durationSeconds) };
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      const isRight = expected === undefined || expected.seconds < LEAST_SECONDS;
      return { file, outcome: error.code, wrong: isRight ? undefined : `refused, but plays ${expected.seconds} s` };
    } finally {
      served.delete(url);
    }
  }

  return {
    judge,
    close: async () => {
      await recordings.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Measured {
  seconds: number;
  channels: number;
}

function difference(expected: Measured | undefined, sent: Measured, reportedSeconds: number): string | undefined {
  if (!expected) return `sent ${sent.seconds} s of what ffmpeg cannot read`;
  if (sent.seconds < LEAST_SECONDS) return `sent ${sent.seconds} s`;
  if (sent.channels !== Math.min(2, expected.channels)) return `${sent.channels} channels of ${expected.channels}`;
  if (Math.abs(sent.seconds - expected.seconds) > MOST_APART_SECONDS) return `${sent.seconds} s of ${expected.seconds}`;
  if (Math.abs(sent.seconds - reportedSeconds) > MOST_APART_SECONDS) return `reported as ${reportedSeconds} s`;
  return undefined;
}
