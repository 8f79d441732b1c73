import { status } from '@grpc/grpc-js';
import type { Talk } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk';
import { GetTalkRequest, type GetTalkResponse } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { read, type ReadRequest } from './read.ts';
import { refusal } from '../wire/status.ts';

/** The service advises against more talks in one request. */
const TALKS_A_REQUEST = 100;
/** Requests that it may cost to tell apart what is there and what is not, where one unknown id has a whole request refused. */
const MAX_FURTHER_REQUESTS = 30;

/** The parts of a talk that this product reads. */
export type TalkPart = 'talk_fields' | 'talk_state';

/** What is known of a talk. A key that the connection has but the upload did not give is there with an empty value. */
export interface KeptTalk {
  talkId: string;
  createdAt: Date | undefined;
  fields: Record<string, string>;
}

export interface ReadTalks {
  talks: KeptTalk[];
  /** Ids of which it could not be told whether they exist: finding out would have cost too many requests. */
  untold: string[];
}

/**
 * The talks that exist among the ids, with the parts asked for. The mask is always explicit: what an absent one means
 * differs between the service's own documents.
 *
 * @throws ExportError `speechsense_…`.
 */
export async function getTalks(request: ReadRequest, talkIds: string[], parts: TalkPart[]): Promise<ReadTalks> {
  const answer: ReadTalks = { talks: [], untold: [] };
  const chunks: string[][] = [];
  for (let start = 0; start < talkIds.length; start += TALKS_A_REQUEST) {
    chunks.push(talkIds.slice(start, start + TALKS_A_REQUEST));
  }
  let further = MAX_FURTHER_REQUESTS;
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
    const talks = await getSome(request, chunk, parts);
    if (talks !== 'one is not there') {
      answer.talks.push(...talks);
    } else if (chunk.length > 1 && further >= 2) {
      further -= 2;
      const half = Math.ceil(chunk.length / 2);
      chunks.unshift(chunk.slice(0, half), chunk.slice(half));
    } else if (chunk.length > 1) {
      answer.untold.push(...chunk);
    }
  }
  return answer;
}

/** One of the ids is unknown; the whole request was refused for it. */
class TalkNotFound extends Error {}

/** What is not there is left out of the answer, or has the whole request refused: observed of neither, seen of both. */
async function getSome(
  request: ReadRequest,
  talkIds: string[],
  parts: TalkPart[],
): Promise<KeptTalk[] | 'one is not there'> {
  const { connectionId } = request;
  const message = GetTalkRequest.fromPartial({ connectionId, talkIds, resultsMask: { paths: parts } });
  try {
    const answer = await read<GetTalkResponse>(
      request,
      (headers, options, answered) => request.client.get(message, headers, options, answered),
      (error) => (error.code === status.NOT_FOUND ? new TalkNotFound() : refusal(error, connectionId)),
    );
    return answer.talk.map(keptTalk);
  } catch (error) {
    if (error instanceof TalkNotFound) return 'one is not there';
    throw error;
  }
}

function keptTalk(talk: Talk): KeptTalk {
  return {
    talkId: talk.id,
    createdAt: talk.createdAt,
    fields: Object.fromEntries(talk.talkFields.map((field) => [field.name, field.value])),
  };
}
