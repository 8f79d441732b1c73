import type { Note } from '../../sandbox/world/model.ts';
import type { Unsorted } from '../../sandbox/world/unsorted.ts';
import type { World } from '../../sandbox/world/world.ts';

export interface UnsortedCallGiven {
  uniq?: string | undefined;
  /** Unix seconds. */
  calledAt: number;
  link?: string | null;
  duration?: string | undefined;
  serviceCode?: string;
}

/** A call that waits on a lead which nobody has accepted, as a telephony sends it. */
export function unsortedCall(
  world: World,
  { uniq, calledAt, link = null, duration, serviceCode }: UnsortedCallGiven,
): Unsorted {
  return world.addUnsorted({
    sourceUid: null,
    sourceName: 'UIS',
    phone: '79990000000',
    callWanted: true,
    metadata: {
      from: '79990000000',
      phone: 79990000000,
      called_at: calledAt,
      duration: duration ?? '0',
      link,
      service_code: serviceCode ?? 'uis_widget',
      ...(uniq === undefined ? {} : { uniq }),
    },
  });
}

/** Somebody accepts the lead; answers the note that its call becomes. */
export function accepted(world: World, uid: string): Note | undefined {
  const one = world.acceptUnsorted(uid, {});
  if (!one) return undefined;
  const ofContact = { entityType: 'contacts' as const, entityIds: new Set([one.contactId]) };
  return world.notes.page({ ...ofContact, by: 'id', descending: true, offset: 0, limit: 1 }).notes[0];
}
