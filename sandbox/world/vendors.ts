import type { Operator } from './model.ts';
import type { Random } from './random.ts';

/** How one telephony writes its call notes; the shapes are those seen of the vendors named. */
export interface Vendor {
  source: string;
  /** Old integrations write `src` instead of `source`. */
  sourceKey: 'source' | 'src';
  uniq(sequence: number, random: Random): string;
  phone(digits: string): string;
  /** Who talked, as this vendor puts it. */
  responsible(operator: Operator, direction: 'in' | 'out'): string | number;
}

// The call's sequence number keeps a vendor's ids unique, and the same for one seed whatever the date of seeding.
const VENDORS: readonly (readonly [Vendor, number])[] = [
  [
    {
      source: 'onlinePBX',
      sourceKey: 'source',
      uniq: (_sequence, random) => random.uuid(),
      phone: (digits) => `+7${digits}`,
      responsible: (operator, direction) => (direction === 'in' ? operator.name : operator.id),
    },
    30,
  ],
  [
    {
      source: 'MikoPBX',
      sourceKey: 'source',
      uniq: (sequence) => `mikopbx-${1_577_836_800 + sequence * 61}.${sequence % 1000}`,
      phone: (digits) => `7${digits}`,
      responsible: (operator) => operator.phone,
    },
    25,
  ],
  [
    {
      source: 'MangoOfficeWidget',
      sourceKey: 'source',
      uniq: (sequence) => Buffer.from(`1:10000000:202:${9_000_000 + sequence}`).toString('base64'),
      phone: (digits) => `+7${digits}`,
      responsible: (operator) => operator.id,
    },
    20,
  ],
  [
    {
      source: 'uis_widget',
      sourceKey: 'source',
      uniq: (sequence) => `call-${3_000_000 + sequence}`,
      phone: (digits) => `8${digits}`,
      responsible: (operator) => operator.name,
    },
    12,
  ],
  [
    {
      source: 'Sipuni',
      sourceKey: 'src',
      uniq: (sequence) => `${1_700_000_000 + sequence * 37}.${100_000 + (sequence % 900_000)}`,
      phone: (digits) => `+7${digits}`,
      responsible: (operator) => operator.id,
    },
    8,
  ],
  [
    {
      source: 'RingCentral',
      sourceKey: 'source',
      uniq: (sequence) => `AJnTczHyq8n${sequence.toString(36).toUpperCase()}`,
      phone: (digits) => `+7${digits}`,
      responsible: (operator) => `${operator.phone} - ${operator.name.toUpperCase()}`,
    },
    5,
  ],
];

/** The vendor of the call with this number. */
export function vendorOf(random: Random): Vendor {
  return random.weighted(VENDORS);
}
