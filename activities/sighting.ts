import { callIdentity } from '../amocrm/call-identity.ts';
import type { CallNote } from '../amocrm/call-note.ts';
import { resolveOperator } from '../amocrm/operator.ts';
import type { UnsortedCall } from '../amocrm/unsorted.ts';
import type { SightedNote } from '../ledger/calls.ts';
import type { User } from '../ledger/users.ts';

/** What amoCRM says of a call, as the ledger keeps it. */
export function toSighting(note: CallNote | UnsortedCall, users: ReadonlyMap<number, User>): SightedNote {
  const { createdAt, ...facts } = note;
  const operator = resolveOperator(note, users);
  return {
    ...facts,
    identity: callIdentity(note),
    startedAt: createdAt,
    operatorId: operator?.userId ?? null,
    operatorRank: operator?.rank ?? null,
    unsortedUid: 'uid' in note ? note.uid : null,
  };
}
