import type { Command } from 'commander';
import { addCommand, type Runner } from '../command.ts';

export function addStopCommands(program: Command, runner: Runner): void {
  addCommand(program, runner, {
    name: 'stop',
    summary: 'end the running export within seconds; the next start goes on with the rest',
    account: true,
    examples: ['stop', 'stop --json'],
    run: async (context) => (await import('../actions/stop.ts')).stopRunning(context),
  });

  addCommand(program, runner, {
    name: 'resume',
    summary: 'let a blocked export go on, after its token or key was renewed',
    account: true,
    examples: ['resume'],
    run: async (context) => (await import('../actions/stop.ts')).resumeBlocked(context),
  });
}
