import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../../cli/run-cli.ts';

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs command lines as the program does, in this process, with an environment of their own. */
export function commandLine(environment: Record<string, string>) {
  return async (line: string, stdin = '', more: Record<string, string> = {}): Promise<CommandResult> => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const written = Promise.all([text(stdout), text(stderr)]);
    const exitCode = await runCli(line.split(' '), {
      variables: { ...environment, ...more },
      stdin: Readable.from([stdin]),
      stdout,
      stderr,
    });
    stdout.end();
    stderr.end();
    const [out, err] = await written;
    return { exitCode, stdout: out, stderr: err };
  };
}
