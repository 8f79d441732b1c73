import { loadLocalEnvironment } from './local-environment.ts';
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`| head`) closes its end; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const localEnvironment = loadLocalEnvironment();
if (localEnvironment !== undefined && process.env['LOG_LEVEL'] === 'debug') {
  console.error(`The environment is that of a running \`npm start\`: ${localEnvironment}`);
}

const { env: variables, stdin, stdout, stderr } = process;
const exitCode = await runCli(process.argv.slice(2), { variables, stdin, stdout, stderr });
// Written out before the end: a pipe takes its time.
stdout.write('', () => process.exit(exitCode));
