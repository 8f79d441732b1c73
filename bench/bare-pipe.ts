import { ChannelCredentials, type ClientWritableStream, Metadata } from '@grpc/grpc-js';
import { ContainerAudio_ContainerAudioType } from '@yandex-cloud/nodejs-sdk/speechsense-v1/audio';
import { type StreamTalkRequest, TalkServiceClient } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { once } from 'node:events';
import { Agent } from 'undici';
import type { Carry, Destination } from './carry.ts';

/**
 * The least that can be done: what undici receives goes into the official stub's stream as it comes, with
 * back-pressure. Nothing is checked, kept or recorded. A connection for each upload under way, like the product:
 * measured faster than one for all.
 */
export function createBarePipe({ speechsense, apiKey, connectionId }: Destination): Carry {
  const dispatcher = new Agent();
  const free: TalkServiceClient[] = [];
  const all: TalkServiceClient[] = [];
  const headers = new Metadata();
  headers.set('authorization', `Api-Key ${apiKey}`);

  function connect(): TalkServiceClient {
    const client = new TalkServiceClient(speechsense, ChannelCredentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    all.push(client);
    return client;
  }

  async function carry(link: string): Promise<number> {
    const { origin, pathname, search } = new URL(link);
    const { body } = await dispatcher.request({ origin, path: pathname + search, method: 'GET' });
    const client = free.pop() ?? connect();
    let call: ClientWritableStream<StreamTalkRequest> | undefined;
    const answered = new Promise<void>((resolve, reject) => {
      call = client.uploadAsStream(headers, (error) => (error ? reject(error) : resolve()));
    });
    let bytes = 0;
    if (call) {
      call.write({ metadata: { connectionId, fields: { language: 'ru-RU' }, users: [] } });
      call.write({ audio: { audioMetadata: AUDIO_METADATA } });
      for await (const data of body) {
        if (!(data instanceof Buffer)) continue;
        bytes += data.length;
        if (!call.write({ audio: { chunk: { data } } })) await once(call, 'drain');
      }
      call.end();
    }
    await answered;
    free.push(client);
    return bytes;
  }

  return {
    carry,
    close: async () => {
      for (const client of all) client.close();
      await dispatcher.destroy();
    },
  };
}

const AUDIO_METADATA = {
  containerAudio: { containerAudioType: ContainerAudio_ContainerAudioType.CONTAINER_AUDIO_TYPE_MP3 },
};
