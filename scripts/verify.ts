// `npm run verify`: everything a change must pass, one after another, up to the first that fails. Its last line is that of
// the tests, `N passed, N failed`, which build servers read; a check that fails before them counts as one.
import { spawn } from 'node:child_process';
import path from 'node:path';

const projectRoot = path.dirname(import.meta.dirname);

const TESTS = 'Tests';
const CHECKS: readonly { heading: string; command: readonly string[] }[] = [
  { heading: 'Format', command: ['prettier', '--check', '.'] },
  { heading: 'Lint', command: ['eslint', '.'] },
  { heading: 'Types', command: ['tsc', '--project', '.'] },
  { heading: 'Types of the widget', command: ['tsc', '--project', 'widget'] },
  { heading: 'Types of its tests', command: ['tsc', '--project', 'test/widget'] },
  { heading: 'Types of the shell', command: ['tsc', '--project', 'sandbox/amocrm/shell/page'] },
  { heading: 'Dead code', command: ['knip'] },
  { heading: 'Build', command: ['npm', 'run', 'build'] },
  { heading: 'Widget', command: ['npm', 'run', 'build:widget'] },
  { heading: TESTS, command: [process.execPath, 'scripts/run.mjs', 'scripts/test.ts'] },
];

const programs = path.join(projectRoot, 'node_modules', '.bin');
for (const { heading, command } of CHECKS) {
  console.log(`\n── ${heading} ${'─'.repeat(60 - heading.length)}`);
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${programs}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, forward);
  if (code !== 0) {
    if (heading !== TESTS) console.log(`\n${heading}: failed\n0 passed, 1 failed`);
    process.exit(code ?? 1);
  }
}
