import { createRecordings } from '../recordings/fetch-recording.ts';
import { createSpeechSense } from '../speechsense/speechsense.ts';
import type { Carry, Destination } from './carry.ts';

export interface ProductWayOptions extends Destination {
  /** `host:port` of the telephony stand-in. */
  telephonyHost: string;
}

/** The product's own rooms `recordings/` and `speechsense/`, without the ledger and Temporal. */
export function createProductWay({ speechsense, apiKey, connectionId, telephonyHost }: ProductWayOptions): Carry {
  const recordings = createRecordings({ insecureHosts: [telephonyHost] });
  const speechSense = createSpeechSense({ address: speechsense, tls: false });
  return {
    carry: async (link) => {
      // One for each call, as an activity has.
      const { signal } = new AbortController();
      const recording = await recordings.receive(link, { signal });
      try {
        const { container, sizeBytes } = recording;
        const audio = { container, sizeBytes, chunks: () => recording.chunks() };
        const { bytes } = await speechSense.upload(
          { connectionId, apiKey, fields: { language: 'ru-RU' }, audio, signal },
          { beforeCommit: () => Promise.resolve() },
        );
        return bytes;
      } finally {
        await recording.dispose();
      }
    },
    close: async () => {
      speechSense.close();
      await recordings.close();
    },
  };
}
