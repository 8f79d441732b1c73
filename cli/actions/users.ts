import { EXIT } from '../../errors/exit-codes.ts';
import { listUsers } from '../../client/accounts/account-admin.ts';
import { table } from '../terminal/table.ts';
import type { CommandContext } from '../command.ts';

export async function printUsers({ services, output, account }: CommandContext): Promise<number> {
  const users = await listUsers(await services.access(), await account());
  output.result(users, () =>
    table(
      users.map(({ id, name, group, active }) => [
        String(id),
        name,
        group ?? '',
        active ? '' : output.text({ en: 'inactive', ru: 'не активен' }),
      ]),
    ),
  );
  return EXIT.done;
}
