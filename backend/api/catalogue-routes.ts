import { z } from 'zod';
import { refreshUsers } from '../../client/account-admin.ts';
import { fieldCatalogue } from '../../client/field-catalogue.ts';
import { accountOf } from '../auth/caller.ts';
import type { Parts } from '../parts.ts';
import type { Api } from './api.ts';
import { sentence } from './shapes.ts';

const user = z.object({ id: z.number(), name: z.string(), group: z.string().nullable(), active: z.boolean() });

const fields = z.array(
  z.object({
    key: z.string(),
    title: sentence,
    type: z.string(),
    example: z.string().nullable(),
    suggestedKey: z.string(),
  }),
);

/** What the form's pickers offer, as amoCRM has it now. */
export function catalogueRoutes(app: Api, { access }: Parts): void {
  app.get(
    '/users',
    {
      schema: {
        summary: 'The account’s users, former ones too.',
        response: { 200: z.object({ users: z.array(user) }) },
      },
    },
    async (request) => ({ users: await refreshUsers(access, accountOf(request)) }),
  );

  app.get(
    '/fields',
    {
      schema: {
        summary: 'The fields that a mapping can name, with an example of each from the latest cards and calls.',
        response: { 200: z.object({ deal: fields, contact: fields, company: fields, call: fields }) },
      },
    },
    async (request) => fieldCatalogue(access, accountOf(request)),
  );
}
