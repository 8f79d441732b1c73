import { FieldType as WireFieldType, Talk as WireTalk } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk';
import { type GetTalkRequest, GetTalkResponse } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import type { FieldType } from './connection.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';
import { talkState } from './processing.ts';
import type { ServiceState } from './service-state.ts';
import type { Talk } from './talk-store.ts';
import { isIndexed, isKept } from './visibility.ts';

const MASK_PATHS = [
  'transcription',
  'speech_statistics',
  'silence_statistics',
  'interrupts_statistics',
  'conversation_statistics',
  'points',
  'text_classifiers',
  'summarization',
  'assistants',
  'talk_state',
  'talk_fields',
];

const WIRE_TYPES: Record<FieldType, WireFieldType> = {
  STRING: WireFieldType.FIELD_TYPE_STRING,
  NUMBER: WireFieldType.FIELD_TYPE_NUMBER,
  DECIMAL: WireFieldType.FIELD_TYPE_DECIMAL,
  BOOLEAN: WireFieldType.FIELD_TYPE_BOOLEAN,
  DATE: WireFieldType.FIELD_TYPE_DATE,
  JSON: WireFieldType.FIELD_TYPE_JSON,
};

/** Reads talks by their ids, with as much of each as the mask asks for. */
export function get(state: ServiceState, request: GetTalkRequest): GetTalkResponse {
  state.quota.spend(request.projectId || request.connectionId, state.behaviour.quota);
  const wanted = wantedParts(state, request);
  const talks = request.talkIds
    .map((id) => readable(state, id))
    .filter((talk) => talk !== undefined)
    .map((talk) => wireTalk(state, request, talk, wanted));
  return GetTalkResponse.fromPartial({ talk: talks });
}

/** An unset mask is everything by the proto and basic information by the gRPC guide; an empty one is basic by both. */
function wantedParts(state: ServiceState, request: GetTalkRequest): Set<string> {
  const paths = request.resultsMask?.paths;
  if (paths === undefined) return new Set(state.behaviour.unsetMask === 'everything' ? MASK_PATHS : ['talk_fields']);
  const unknown = paths.find((path) => !MASK_PATHS.includes(path));
  if (unknown !== undefined) throw new RpcError(GrpcCode.invalidArgument, `Unknown path ${unknown} in results_mask`);
  return new Set(paths.length === 0 ? ['talk_fields'] : paths);
}

function readable(state: ServiceState, id: string): Talk | undefined {
  const { behaviour } = state;
  const nowMs = state.clock.nowMs();
  const talk = state.talks.get(id);
  if (talk === undefined || !isKept(talk, nowMs, behaviour)) {
    if (behaviour.missingTalk === 'not-found') throw new RpcError(GrpcCode.notFound, `Talk ${id} not found`);
    return undefined;
  }
  if (behaviour.unindexedGet === 'visible' || isIndexed(talk, nowMs, behaviour)) return talk;
  if (behaviour.unindexedGet === 'not-found') throw new RpcError(GrpcCode.notFound, `Talk ${id} not found`);
  return undefined;
}

function wireTalk(state: ServiceState, request: GetTalkRequest, talk: Talk, wanted: Set<string>): WireTalk {
  const keys = state.connections.get(talk.connectionId)?.keys ?? {};
  return WireTalk.fromPartial({
    id: talk.id,
    organizationId: request.organizationId,
    spaceId: request.spaceId,
    connectionId: talk.connectionId,
    projectIds: request.projectId === '' ? [] : [request.projectId],
    createdAt: new Date(talk.createdAtMs),
    modifiedAt: new Date(talk.modifiedAtMs),
    ...(wanted.has('talk_state') && {
      talkState: talkState(talk, state.clock.nowMs(), state.behaviour.processingMs),
    }),
    // Keys that the connection has and the upload lacked come back without a value.
    ...(wanted.has('talk_fields') && {
      talkFields: Object.entries(keys).map(([name, type]) => ({
        name,
        value: talk.fields[name] ?? '',
        type: WIRE_TYPES[type],
      })),
    }),
  });
}
