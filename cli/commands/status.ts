import { type Command, Option } from 'commander';
import { addCommand, type Runner } from '../command.ts';
import { toTolerate, type Tolerance } from '../reason-options.ts';

export function addStatusCommand(program: Command, runner: Runner): void {
  addCommand<{ export?: string; watch?: boolean } & Tolerance>(program, runner, {
    name: 'status',
    summary: 'show how the running or the last export stands',
    account: true,
    options: [
      new Option('--export <id>', 'another one than the last'),
      new Option('--watch', 'show the progress until the end'),
      toTolerate(),
    ],
    examples: ['status', 'status --watch', 'status --json'],
    run: async (context, flags) => (await import('../actions/status.ts')).printStatus(context, flags),
  });
}
