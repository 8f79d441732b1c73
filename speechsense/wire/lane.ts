import { TalkServiceClient } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { CuttableCredentials } from './cuttable-credentials.ts';
import { CHANNEL_OPTIONS, channelCredentials, type SpeechSenseEndpoint } from './endpoint.ts';

interface Connection {
  client: TalkServiceClient;
  credentials: CuttableCredentials;
}

/**
 * One TCP connection to SpeechSense that carries one upload at a time and is used again for the next one. A cut lane
 * connects anew with its next call; grpc-js does the same where the connection was dropped or sent away (GOAWAY).
 */
export class Lane {
  readonly #endpoint: SpeechSenseEndpoint;
  #connection: Connection | undefined;

  constructor(endpoint: SpeechSenseEndpoint) {
    this.#endpoint = endpoint;
  }

  /** The stub of this lane's connection; it connects with the first call. */
  client(): TalkServiceClient {
    this.#connection ??= connect(this.#endpoint);
    return this.#connection.client;
  }

  /**
   * Abandons whatever is open on this lane, without an END_STREAM: the only way to give up an open upload. The next
   * call connects anew.
   */
  cut(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.credentials.cut();
    connection?.client.close();
  }
}

function connect(endpoint: SpeechSenseEndpoint): Connection {
  const credentials = new CuttableCredentials(channelCredentials(endpoint));
  return { client: new TalkServiceClient(endpoint.address, credentials, CHANNEL_OPTIONS), credentials };
}
