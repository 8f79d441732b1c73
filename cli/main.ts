import { lacksLocalEnvironment, loadLocalEnvironment, NOT_RUNNING } from './local-environment.ts';
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`| head`) closes its end; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const localEnvironment = loadLocalEnvironment();
if (localEnvironment !== undefined && process.env['LOG_LEVEL'] === 'debug') {
  console.error(`The environment is that of a running \`npm start\`: ${localEnvironment}`);
}

let mayEnd = () => Promise.resolve();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  // Told once more, it ends at once.
  process.once(signal, () => {
    // Who watches an export ends the watching by itself.
    if (process.listenerCount(signal) === 0) void mayEnd().finally(() => process.exit(exitCode));
  });
}

const { env: variables, stdin, stdout, stderr } = process;
const beforeEnd = (wait: () => Promise<void>) => void (mayEnd = wait);
const exitCode = await runCli(process.argv.slice(2), {
  variables,
  stdin,
  stdout,
  stderr,
  beforeEnd,
  ...(lacksLocalEnvironment() ? { withoutEnvironment: NOT_RUNNING } : {}),
});
// Written out before the end: a pipe takes its time.
stdout.write('', () => process.exit(exitCode));
