import type { Entity } from '../../ledger/calls/entities.ts';

/** An entity as the ledger knows it; what differs is given. */
export function entity(entityType: Entity['entityType'], entityId: number, differing: Partial<Entity> = {}): Entity {
  return {
    entityType,
    entityId,
    isGone: false,
    name: `${entityType} ${entityId}`,
    isOpen: true,
    updatedAt: null,
    mainContactId: null,
    companyId: null,
    leadIds: [],
    fields: {},
    ...differing,
  };
}
