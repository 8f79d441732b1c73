import type { IncomingMessage } from 'node:http';

import type { DownloadLog } from './download-log.ts';
import { type OddHead, oddFrame } from './odd-head.ts';
import { readRange, type RecordingFile } from './recording.ts';
import { sendBody } from './send-body.ts';

/** Byte by byte, as Node writes no such head. */
export async function sendOddly(
  { socket }: IncomingMessage,
  file: RecordingFile,
  log: DownloadLog,
  odd: OddHead,
): Promise<void> {
  const { before, after } = oddFrame(odd, file.contentType, file.sizeBytes);
  socket.write(before);
  await sendBody(socket, readRange(file, 0, file.sizeBytes), (bytes) => log.sent(bytes));
  log.completed();
  socket.end(after);
}
