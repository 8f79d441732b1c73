// Starts a guarded shell with a child of its own, prints both ids and stays: a test kills it.
import { startGuarded } from '../../scripts/servers/guarded-process.ts';

const shell = await startGuarded({
  command: '/bin/sh',
  args: ['-c', 'sleep 600 & echo $!; wait'],
  deathSignal: 'SIGKILL',
});
const timer = setInterval(() => {
  if (shell.lastOutput() === '') return;
  clearInterval(timer);
  process.stdout.write(`${JSON.stringify([shell.pid, Number(shell.lastOutput())])}\n`);
}, 10);
