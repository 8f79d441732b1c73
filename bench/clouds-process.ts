// Where recordings come from and go to, in one process: `clouds-process.ts [--slow-bytes-per-second N]`.
// Prints its addresses as a line of JSON and stays until it is ended.
import { parseArgs } from 'node:util';
import { createClock } from '../sandbox/clock.ts';
import { IDENTITY } from '../sandbox/identity.ts';
import { SANDBOX_KEYS } from '../sandbox/speechsense/connection.ts';
import { startSpeechSense } from '../sandbox/speechsense/speechsense-server.ts';
import { startTelephony } from '../sandbox/telephony/telephony-server.ts';

const { values } = parseArgs({ options: { 'slow-bytes-per-second': { type: 'string' } } });
const slow = values['slow-bytes-per-second'];

const clock = createClock();
const { apiKey, connectionId } = IDENTITY;
const telephony = await startTelephony({ clock });
const speechsense = await startSpeechSense({
  clock,
  apiKey,
  connection: { id: connectionId, keys: SANDBOX_KEYS },
  // The client is measured, not the stand-in.
  hashAudio: false,
  ...(slow === undefined ? {} : { streamWindowBytes: 64 * 1024 }),
});
if (slow !== undefined) {
  await speechsense.control('PUT', '/faults', [{ action: { kind: 'slow', bytesPerSecond: Number(slow) } }]);
}
console.log(JSON.stringify({ telephony: telephony.url, speechsense: speechsense.address, apiKey, connectionId }));
