import type { ServiceError } from '@grpc/grpc-js';
import {
  SearchTalkRequest,
  type SearchTalkResponse,
  type TalkServiceClient,
} from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { callHeaders } from './call-headers.ts';
import { readRefusal } from './status.ts';

/** A deadline cancels a call when it expires, which is harmless for a read and only for a read. */
const READ_DEADLINE_MS = 20_000;

export interface ReadRequest {
  client: TalkServiceClient;
  connectionId: string;
  apiKey: string;
}

type Answered<T> = (error: ServiceError | null, response: T) => void;

/** Runs one unary call that changes nothing; its errors come as ExportError. */
export function read<T>(
  request: ReadRequest,
  call: (headers: ReturnType<typeof callHeaders>, options: { deadline: number }, answered: Answered<T>) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call(callHeaders(request.apiKey), { deadline: Date.now() + READ_DEADLINE_MS }, (error, response) => {
      if (error) reject(readRefusal(error, request.connectionId));
      else resolve(response);
    });
  });
}

export function search(
  request: ReadRequest,
  what: Pick<SearchTalkRequest, 'filters' | 'pageSize' | 'pageToken'>,
): Promise<SearchTalkResponse> {
  const message = SearchTalkRequest.fromPartial({ connectionId: request.connectionId, ...what });
  return read(request, (headers, options, answered) => request.client.search(message, headers, options, answered));
}
