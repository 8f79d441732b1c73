import { listUsers } from '../../client/accounts/account-admin.ts';
import { fieldCatalogue } from '../../client/connections/field-catalogue.ts';
import { accountOf } from '../auth/caller.ts';
import type { Services } from '../parts.ts';
import type { Api } from './api.ts';
import { fieldCatalogue as catalogue, users } from './shapes/catalogue.ts';

/** What the form's pickers offer, as amoCRM has it now. */
export function catalogueRoutes(app: Api, { access }: Services): void {
  app.get(
    '/users',
    {
      schema: {
        summary: 'The account’s users, former ones too.',
        response: { 200: users },
      },
    },
    async (request) => ({ users: await listUsers(access, accountOf(request)) }),
  );

  app.get(
    '/fields',
    {
      schema: {
        summary: 'The fields that a mapping can name, with an example of each from the latest cards and calls.',
        response: { 200: catalogue },
      },
    },
    async (request) => fieldCatalogue(access, accountOf(request)),
  );
}
