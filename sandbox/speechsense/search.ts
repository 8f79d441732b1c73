import { type SearchTalkRequest, SearchTalkResponse } from '@yandex-cloud/nodejs-sdk/speechsense-v1/talk_service';

import { GrpcCode, RpcError } from './grpc-status.ts';
import { matcherOf } from './search-filter.ts';
import { connectionOf, type ServiceState } from './service-state.ts';
import { isIndexed, isKept } from './visibility.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
/** Documented: no more results than this, whatever the pages. */
const MAX_RESULTS = 10_000;

/** Finds the ids of talks that are indexed, kept and pass all filters, oldest first. */
export function search(state: ServiceState, request: SearchTalkRequest): SearchTalkResponse {
  const { behaviour } = state;
  checkScope(state, request);
  if (behaviour.quotaCountsSearch) state.quota.spend(request.projectId || request.connectionId, behaviour.quota);
  const pageSize = request.pageSize === 0 ? DEFAULT_PAGE : request.pageSize;
  if (pageSize < 1 || pageSize > MAX_PAGE) throw new RpcError(GrpcCode.invalidArgument, 'page_size must be 1 to 1000');

  const connections = request.connectionId
    ? [connectionOf(state, request.connectionId)]
    : [...state.connections.values()];
  const knownKey = (key: string): boolean => connections.some((connection) => key in connection.keys);
  const matchers = request.filters.map((filter) => matcherOf(filter, knownKey, behaviour.unknownFilterKey));
  // No talk here has a transcript, so no text is found in any.
  const textMatches = request.query === undefined || request.query.text === '' || request.query.inverse;
  const ids = new Set(connections.map((connection) => connection.id));
  const nowMs = state.clock.nowMs();

  const found: string[] = [];
  for (const talk of textMatches ? state.talks.all() : []) {
    if (!ids.has(talk.connectionId)) continue;
    if (!isKept(talk, nowMs, behaviour) || !isIndexed(talk, nowMs, behaviour)) continue;
    if (matchers.every((matches) => matches(talk))) found.push(talk.id);
  }
  const from = offsetOf(request.pageToken);
  const to = Math.min(from + pageSize, MAX_RESULTS);
  return SearchTalkResponse.fromPartial({
    talkIds: found.slice(from, to),
    talksCount: found.length,
    nextPageToken: to < Math.min(found.length, MAX_RESULTS) ? tokenOf(to) : '',
  });
}

function checkScope(state: ServiceState, request: SearchTalkRequest): void {
  const given = [request.organizationId, request.spaceId, request.connectionId, request.projectId];
  const enough = state.behaviour.searchNeedsAllIds ? given.every((id) => id !== '') : given.some((id) => id !== '');
  if (!enough) {
    throw new RpcError(GrpcCode.invalidArgument, 'organization_id, space_id, connection_id, project_id are required');
  }
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset ${offset}`).toString('base64url');
}

function offsetOf(token: string): number {
  if (token === '') return 0;
  const offset = /^offset (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (offset === undefined) throw new RpcError(GrpcCode.invalidArgument, 'Invalid page_token');
  return Number(offset);
}
