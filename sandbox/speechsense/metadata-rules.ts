import type { Behaviour } from './behaviour.ts';
import type { Connection, FieldType } from './connection.ts';
import { GrpcCode, RpcError } from './grpc-status.ts';

const MAX_STRING_BYTES = 1_024;
const HAS_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/**
 * What of the sent metadata a connection keeps: its own keys, each as its type wants it. Other keys are dropped without a word.
 * @throws RpcError INVALID_ARGUMENT for a value that does not fit
 */
export function keptFields(
  connection: Connection,
  sent: Record<string, string>,
  behaviour: Behaviour,
): Record<string, string> {
  for (const key of behaviour.requiredKeys) {
    if (sent[key] === undefined) throw new RpcError(GrpcCode.invalidArgument, `Required field ${key} is missing`);
  }
  const kept: Record<string, string> = {};
  for (const [key, type] of Object.entries(connection.keys)) {
    const value = sent[key];
    if (value === undefined) continue;
    if (type === 'STRING') {
      kept[key] = keptString(key, value, behaviour);
    } else if (fits(type, value)) {
      kept[key] = type === 'DATE' && !HAS_OFFSET.test(value) ? `${value}Z` : value;
    } else if (behaviour.badValue === 'refuse') {
      throw new RpcError(GrpcCode.invalidArgument, `Field ${key} has a value that is not of type ${type}`);
    }
  }
  return kept;
}

function keptString(key: string, value: string, behaviour: Behaviour): string {
  if (behaviour.longString === 'keep' || Buffer.byteLength(value) <= MAX_STRING_BYTES) return value;
  if (behaviour.longString === 'refuse') {
    throw new RpcError(GrpcCode.invalidArgument, `Field ${key} is longer than ${MAX_STRING_BYTES} bytes`);
  }
  let cut = value;
  while (Buffer.byteLength(cut) > MAX_STRING_BYTES) cut = cut.slice(0, -1);
  return cut;
}

function fits(type: Exclude<FieldType, 'STRING'>, value: string): boolean {
  switch (type) {
    case 'NUMBER':
      return /^-?\d+$/.test(value);
    case 'DECIMAL':
      return value.trim() !== '' && Number.isFinite(Number(value));
    case 'BOOLEAN':
      return value === 'true' || value === 'false';
    case 'DATE':
      // A date without an offset is read as UTC (observed: a local Moscow time came back with a Z).
      return (
        /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(HAS_OFFSET.test(value) ? value : `${value}Z`))
      );
    case 'JSON':
      try {
        JSON.parse(value);
        return true;
      } catch {
        return false;
      }
  }
}
