import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Null when it could not be started, or was ended by a signal or the time limit. */
  code: number | null;
  /** Both outputs, for a message. */
  output: string;
}

/** Runs a command to its end without a terminal, never rejecting: a command that does not exist is a result as well. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; timeoutMs: number; cwd?: string },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Not spawn's own `timeout`: its timer outlives a command that could not be started.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    const end = (result: CommandResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', (error) => end({ code: null, output: error.message }));
    child.on('close', (code) => end({ code, output: output.trim() }));
  });
}
