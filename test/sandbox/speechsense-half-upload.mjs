// A client that sends half an upload and then waits to be killed.
import { Buffer } from 'node:buffer';

import grpc from '@grpc/grpc-js';
import { StreamTalkRequest, TalkServiceClient } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

const [, , address, connectionId] = process.argv;
const metadata = new grpc.Metadata();
metadata.set('authorization', 'Api-Key AQVN-sandbox-key');
const client = new TalkServiceClient(address, grpc.credentials.createInsecure());
const call = client.uploadAsStream(metadata, () => undefined);
call.write(StreamTalkRequest.fromPartial({ metadata: { connectionId, fields: {} } }));
call.write(StreamTalkRequest.fromPartial({ audio: { audioMetadata: { containerAudio: { containerAudioType: 3 } } } }));
call.write(StreamTalkRequest.fromPartial({ audio: { chunk: { data: Buffer.alloc(40_000) } } }));
