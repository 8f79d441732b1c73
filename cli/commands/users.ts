import type { Command } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addUsersCommand(program: Command, runner: Runner): void {
  addCommand(program, runner, {
    name: 'users',
    summary: 'list the users of the amoCRM account, for --user and the settings',
    account: true,
    examples: ['users', 'users --json'],
    run: async (context) => (await import('../actions/users.ts')).printUsers(context),
  });
}
