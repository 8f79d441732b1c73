import type { BoundsInclusive, Filter } from '@yandex-cloud/nodejs-sdk/speechsense-v1/search';

import { GrpcCode, RpcError } from './grpc-status.ts';
import type { Talk } from './talk-store.ts';

/** Whether a talk passes; `undefined` where the connection does not know the filter's key. */
type Matcher = (talk: Talk) => boolean;

/** The how-tos and samples write `userMeta.<key>`; the proto's comment (`user.<key>`) is older than the service. */
const USER_KEY = /^userMeta\.(.+)$/;

/**
 * Makes a test of talks out of a Search filter.
 * @param knownKey whether any connection in question has this metadata key
 * @throws RpcError INVALID_ARGUMENT for a key or a kind of filter that the service does not take
 */
export function matcherOf(
  filter: Filter,
  knownKey: (key: string) => boolean,
  unknownKey: 'matches-nothing' | 'refuse',
): Matcher {
  const matches = valueMatcher(filter);
  const key = USER_KEY.exec(filter.key)?.[1];
  if (key === undefined) {
    if (filter.key !== 'system.created_at') throw invalid(`Unknown filter key ${filter.key}`);
    return (talk) => matches(new Date(talk.createdAtMs).toISOString()) !== filter.inverse;
  }
  if (!knownKey(key)) {
    if (unknownKey === 'refuse') throw invalid(`Unknown filter key ${filter.key}`);
    return () => filter.inverse;
  }
  return (talk) => {
    const value = talk.fields[key];
    return (value !== undefined && matches(value)) !== filter.inverse;
  };
}

function valueMatcher(filter: Filter): (value: string) => boolean {
  if (filter.anyMatch !== undefined) {
    const values = new Set(filter.anyMatch.values);
    return (value) => values.has(value);
  }
  if (filter.dateRange !== undefined) {
    const { fromValue, toValue, boundsInclusive } = filter.dateRange;
    return (value) => inRange(Date.parse(value), fromValue?.getTime(), toValue?.getTime(), boundsInclusive);
  }
  const range = filter.intRange ?? filter.doubleRange;
  if (range !== undefined) {
    return (value) => inRange(Number(value), range.fromValue, range.toValue, range.boundsInclusive);
  }
  if (filter.booleanMatch !== undefined) {
    const wanted = String(filter.booleanMatch.value);
    return (value) => value === wanted;
  }
  throw invalid(`Filter by ${filter.key} has no condition that fits its type`);
}

/** Bounds are exclusive unless said otherwise: an unset message has proto3's defaults. */
function inRange(
  value: number,
  from: number | undefined,
  to: number | undefined,
  bounds: BoundsInclusive | undefined,
): boolean {
  if (Number.isNaN(value)) return false;
  const aboveFrom = from === undefined || value > from || (value === from && bounds?.fromInclusive === true);
  const belowTo = to === undefined || value < to || (value === to && bounds?.toInclusive === true);
  return aboveFrom && belowTo;
}

function invalid(message: string): RpcError {
  return new RpcError(GrpcCode.invalidArgument, message);
}
