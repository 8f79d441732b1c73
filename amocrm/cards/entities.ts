import { z } from 'zod';
import type { EntityType } from '../calls/call-note.ts';
import { customFieldSchema } from './custom-field.ts';
import { lenientId, lenientList, lenientMoment, lenientText } from '../http/lenient.ts';

/** The lists that amoCRM keeps entities in, as its paths name them. */
export const ENTITY_ROUTES = {
  lead: 'leads',
  contact: 'contacts',
  company: 'companies',
  customer: 'customers',
} as const;

const linked = lenientList(
  z.looseObject({ id: z.coerce.number().int().positive(), is_main: z.boolean().optional().catch(undefined) }),
);

/** Everything is read leniently: what an account has put into one field must not cost its calls the others. */
const entitySchema = z
  .looseObject({
    id: z.coerce.number().int().positive(),
    name: lenientText,
    first_name: lenientText,
    last_name: lenientText,
    price: lenientText,
    pipeline_id: lenientId,
    status_id: lenientId,
    loss_reason_id: lenientId,
    responsible_user_id: lenientId,
    created_at: lenientMoment,
    updated_at: lenientMoment,
    closed_at: lenientMoment,
    is_deleted: z.boolean().catch(false),
    custom_fields_values: lenientList(customFieldSchema),
    _embedded: z
      .looseObject({
        tags: lenientList(z.looseObject({ name: lenientText })),
        contacts: linked,
        companies: linked,
        leads: linked,
      })
      .catch({ tags: [], contacts: [], companies: [], leads: [] }),
  })
  .transform((entity) => {
    const { tags, contacts, companies, leads } = entity._embedded;
    return {
      entityId: entity.id,
      name: seen(entity.name) ?? joinedName(entity.first_name, entity.last_name),
      firstName: entity.first_name,
      lastName: entity.last_name,
      price: entity.price,
      pipelineId: entity.pipeline_id,
      statusId: entity.status_id,
      lossReasonId: entity.loss_reason_id,
      responsibleUserId: entity.responsible_user_id,
      createdAt: entity.created_at,
      updatedAt: entity.updated_at,
      closedAt: entity.closed_at,
      isDeleted: entity.is_deleted,
      tags: tags.flatMap(({ name }) => name ?? []),
      customFields: entity.custom_fields_values,
      mainContactId: (contacts.find(({ is_main }) => is_main === true) ?? contacts[0])?.id ?? null,
      companyId: companies[0]?.id ?? null,
      leadIds: leads.map(({ id }) => id),
    };
  });

/** A lead, contact, company or customer as its card shows it. */
export type AmocrmEntity = z.output<typeof entitySchema>;

/** amoCRM fills a contact's name only where its form was used: an integration may give the two parts of it alone. */
function joinedName(...parts: (string | null)[]): string | null {
  const said = parts.map(seen).filter((part) => part !== null);
  return said.length === 0 ? null : said.join(' ');
}

/** A text of which something can be seen. */
function seen(text: string | null): string | null {
  return text !== null && /[^\s\p{Cf}]/u.test(text) ? text : null;
}

/** One entity, or undefined for what cannot be one. */
export function toEntity(raw: unknown): AmocrmEntity | undefined {
  const parsed = entitySchema.safeParse(raw);
  return parsed.success ? parsed.data : undefined;
}

/** Statuses with which a lead is closed, the same in every pipeline: won and lost. */
const CLOSED = new Set([142, 143]);

/** Whether a lead is still being worked on. */
export function isOpen({ statusId }: AmocrmEntity): boolean {
  return statusId === null || !CLOSED.has(statusId);
}

/** What else an answer has to carry so that an entity's relations come with it, at no request more. */
export function relationsOf(entityType: EntityType): Record<string, string> {
  switch (entityType) {
    case 'lead':
      return { with: 'contacts' };
    case 'customer':
      return { with: 'contacts,companies' };
    case 'contact':
    case 'company':
      return { with: 'leads' };
  }
}
