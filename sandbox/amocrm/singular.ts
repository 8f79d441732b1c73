import type { EntityType } from '../world/model.ts';

/** Events and answers about calls name their entity in the singular, unlike everything else. */
export const SINGULAR: Record<EntityType, 'lead' | 'contact' | 'company' | 'customer'> = {
  leads: 'lead',
  contacts: 'contact',
  companies: 'company',
  customers: 'customer',
};
