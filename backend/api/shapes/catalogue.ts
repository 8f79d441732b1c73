import { z } from 'zod';
import { sentence } from './sentence.ts';

const user = z.object({ id: z.number(), name: z.string(), group: z.string().nullable(), active: z.boolean() });
export type User = z.output<typeof user>;

export const users = z.object({ users: z.array(user) });

const field = z.object({
  key: z.string(),
  title: sentence,
  type: z.string(),
  example: z.string().nullable(),
  suggestedKey: z.string(),
});
export type Field = z.output<typeof field>;

const fields = z.array(field);
export const fieldCatalogue = z.object({ deal: fields, contact: fields, company: fields, call: fields });
export type FieldCatalogue = z.output<typeof fieldCatalogue>;
