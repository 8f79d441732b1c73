import type { Command } from 'commander';
import { EXIT } from '../../../errors/exit-codes.ts';
import { listUsers } from '../../account-admin.ts';
import { addCommand, type Runner } from '../command.ts';
import { table } from '../table.ts';

export function addUsersCommand(program: Command, runner: Runner): void {
  addCommand(program, runner, {
    name: 'users',
    summary: 'list the users of the amoCRM account, for --user and the settings',
    account: true,
    examples: ['users', 'users --json'],
    async run({ services, output, account }) {
      const users = await listUsers(services.access, await account());
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
    },
  });
}
