import type { ServiceError } from '@grpc/grpc-js';
import type { Filter } from '@yandex-cloud/nodejs-sdk/speechsense-v1/search';
import {
  SearchTalkRequest,
  type SearchTalkResponse,
  type TalkServiceClient,
} from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { callHeaders } from '../wire/call-headers.ts';
import { probeRefusal, readRefusal, searchRefusal } from '../wire/status.ts';

/** A deadline cancels a call when it expires, which is harmless for a read and only for a read. */
const READ_DEADLINE_MS = 20_000;

/** How reads are held back and given up. */
export interface ReadManners {
  /** Waits for the reader's turn before each request: a project may only be read so often. */
  pace?: () => Promise<void>;
  /** Gives up a read under way. */
  signal?: AbortSignal;
}

export interface ReadRequest extends ReadManners {
  client: TalkServiceClient;
  connectionId: string;
  apiKey: string;
}

type Answered<T> = (error: ServiceError | null, response: T) => void;
type Call<T> = (
  headers: ReturnType<typeof callHeaders>,
  options: { deadline: number },
  answered: Answered<T>,
) => { cancel(): void };

/**
 * Runs one unary call that changes nothing; its errors come as ExportError.
 *
 * @param refused what an error means where it differs from a usual read.
 */
export async function read<T>(
  request: ReadRequest,
  call: Call<T>,
  refused: (error: ServiceError) => Error = (error) => readRefusal(error, request.connectionId),
): Promise<T> {
  await request.pace?.();
  const { signal } = request;
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + READ_DEADLINE_MS;
    const running = call(callHeaders(request.apiKey), { deadline }, (error, response) => {
      signal?.removeEventListener('abort', cancel);
      if (error) reject(refused(error));
      else resolve(response);
    });
    const cancel = () => running.cancel();
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel);
  });
}

export interface Page {
  filters: Filter[];
  pageSize: number;
  pageToken: string;
}

/** @throws ExportError also `speechsense_search_refused`, where the service does not take the filters. */
export function search(request: ReadRequest, page: Page): Promise<SearchTalkResponse> {
  const { connectionId, client } = request;
  const message = SearchTalkRequest.fromPartial({ connectionId, ...page });
  return read(
    request,
    (headers, options, answered) => client.search(message, headers, options, answered),
    (error) => (page.filters.length > 0 ? searchRefusal(error, connectionId) : probeRefusal(error, connectionId)),
  );
}
