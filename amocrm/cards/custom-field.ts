import { z } from 'zod';
import { lenientId, lenientList, lenientText } from '../http/lenient.ts';

const valueSchema = z
  .looseObject({
    value: z.unknown().optional(),
    enum_id: lenientId,
    // Shown as `enum` in the documentation's answers, as `enum_code` in those of live accounts.
    enum_code: lenientText,
    enum: lenientText,
    catalog_element_id: lenientId,
  })
  .transform(({ value, enum_id, enum_code, enum: code, catalog_element_id }) => ({
    value,
    enumId: enum_id,
    enumCode: enum_code ?? code,
    catalogElementId: catalog_element_id,
  }));

/** One value of a custom field; its `value` is whatever the field's type and the account make it. */
export type CustomFieldValue = z.output<typeof valueSchema>;

/** A custom field on a card, with all its values. */
export const customFieldSchema = z
  .looseObject({
    field_id: z.coerce.number().int(),
    field_code: lenientText,
    field_type: lenientText,
    values: lenientList(valueSchema),
  })
  .transform(({ field_id, field_code, field_type, values }) => ({
    fieldId: field_id,
    code: field_code,
    type: field_type ?? 'text',
    values,
  }));

export type CustomField = z.output<typeof customFieldSchema>;
