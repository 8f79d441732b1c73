import type { Command } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addMigrateCommand(program: Command, runner: Runner): void {
  addCommand(program, runner, {
    name: 'migrate',
    summary: 'bring Postgres and Temporal to what this version needs',
    examples: ['migrate', 'migrate --json'],
    run: async (context) => (await import('../actions/migrate.ts')).migrateServers(context),
  });
}
