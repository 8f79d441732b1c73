import type { Talk } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk';
import { GetTalkRequest, type GetTalkResponse } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';
import { read, type ReadRequest } from './read.ts';

/** The service advises against more talks in one request. */
const TALKS_A_REQUEST = 100;

/** The parts of a talk that this product reads. */
export type TalkPart = 'talk_fields' | 'talk_state';

/** What is known of a talk. A key that the connection has but the upload did not give is there with an empty value. */
export interface KeptTalk {
  talkId: string;
  createdAt: Date | undefined;
  fields: Record<string, string>;
}

/**
 * The talks that exist among the ids, with the parts asked for. The mask is always explicit: what an absent one means
 * differs between the service's own documents.
 *
 * @throws ExportError `speechsense_…`.
 */
export async function getTalks(request: ReadRequest, talkIds: string[], parts: TalkPart[]): Promise<KeptTalk[]> {
  const talks: KeptTalk[] = [];
  for (let start = 0; start < talkIds.length; start += TALKS_A_REQUEST) {
    const message = GetTalkRequest.fromPartial({
      connectionId: request.connectionId,
      talkIds: talkIds.slice(start, start + TALKS_A_REQUEST),
      resultsMask: { paths: parts },
    });
    const answer = await read<GetTalkResponse>(request, (headers, options, answered) => {
      request.client.get(message, headers, options, answered);
    });
    talks.push(...answer.talk.map(keptTalk));
  }
  return talks;
}

function keptTalk(talk: Talk): KeptTalk {
  return {
    talkId: talk.id,
    createdAt: talk.createdAt,
    fields: Object.fromEntries(talk.talkFields.map((field) => [field.name, field.value])),
  };
}
