import { callIdentity } from '../../amocrm/calls/call-identity.ts';
import type { CallNote } from '../../amocrm/calls/call-note.ts';
import { resolveOperator } from '../../amocrm/calls/operator.ts';
import type { UnsortedCall } from '../../amocrm/listing/unsorted.ts';
import type { SightedNote } from '../../ledger/calls/calls.ts';
import type { User } from '../../ledger/accounts/users.ts';

interface Known {
  users: ReadonlyMap<number, User>;
  country: string | null;
}

/** What amoCRM says of a call, as the ledger keeps it. */
export function toSighting(note: CallNote | UnsortedCall, { users, country }: Known): SightedNote {
  const { createdAt, callResponsible: _named, responsibleUserId: _responsible, createdBy: _author, ...facts } = note;
  const operator = resolveOperator(note, users, country);
  return {
    ...facts,
    identity: callIdentity(note),
    startedAt: createdAt,
    operatorId: operator?.userId ?? null,
    operatorRank: operator?.rank ?? null,
    unsortedUid: 'uid' in note ? note.uid : null,
  };
}
