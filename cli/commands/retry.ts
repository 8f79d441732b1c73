import { type Command, Option } from 'commander';
import { FAILURE_REASONS, WAITING_REASONS } from '../../errors/reasons.ts';
import { addCommand, type Runner } from '../command.ts';
import { reasonsAmong, toTolerate, type Tolerance } from '../reason-options.ts';

export function addRetryCommand(program: Command, runner: Runner): void {
  addCommand<{ reason?: string[]; unconfirmed?: boolean; missing?: boolean; watch?: boolean } & Tolerance>(
    program,
    runner,
    {
      name: 'retry',
      summary: 'export again the calls that failed or wait after the last export and its retries',
      account: true,
      options: [
        new Option('--reason <reason...>', 'only calls that failed or wait for this reason (repeatable)').argParser(
          reasonsAmong([...FAILURE_REASONS, ...WAITING_REASONS]),
        ),
        new Option('--unconfirmed', 'also calls whose answer was lost: each of them may become a second talk'),
        new Option('--missing', 'also calls whose talk the last `check` found gone from SpeechSense'),
        new Option('--watch', 'show the progress until the end'),
        toTolerate(),
      ],
      examples: [
        'retry --watch',
        'retry --reason recording_unreachable --reason recording_truncated',
        'retry --unconfirmed --watch',
      ],
      run: async (context, flags) => (await import('../actions/retry.ts')).retryCalls(context, flags),
    },
  );
}
