import type { Entities } from './entities.ts';
import type { Company, EntityRef } from './model.ts';
import { LOST, WON } from './pipelines.ts';

/**
 * The card that amoCRM hangs a call on by its number: the contact or company with the same last ten digits, or in its
 * stead its only open lead (if there are no customers) or its only customer (if there are no open leads).
 */
export function cardOfPhone(entities: Entities, phone: string): EntityRef | undefined {
  const digits = lastTen(phone);
  if (digits.length < 10) return undefined;
  const contact = [...entities.contacts.values()].find((one) => one.phone === digits);
  const company = contact ? undefined : [...entities.companies.values()].find((one) => phonesOf(one).includes(digits));
  const owner = contact ?? company;
  if (owner === undefined) return undefined;

  const open = owner.leadIds.filter((id) => isOpen(entities, id));
  const customerIds = contact?.customerIds ?? [];
  const [leadId] = open;
  const [customerId] = customerIds;
  if (leadId !== undefined && open.length === 1 && customerIds.length === 0)
    return { entityType: 'leads', entityId: leadId };
  if (customerId !== undefined && customerIds.length === 1 && open.length === 0)
    return { entityType: 'customers', entityId: customerId };
  return { entityType: contact ? 'contacts' : 'companies', entityId: owner.id };
}

function isOpen(entities: Entities, leadId: number): boolean {
  const status = entities.leads.get(leadId)?.statusId;
  return status !== undefined && status !== WON && status !== LOST;
}

function phonesOf(company: Company): string[] {
  const phones = company.customFields?.find((one) => one.field_code === 'PHONE')?.values ?? [];
  return phones.map(({ value }) => lastTen(String(value)));
}

function lastTen(phone: string): string {
  return phone.replace(/\D/g, '').slice(-10);
}
