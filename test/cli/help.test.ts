import { describe, expect, test } from '@jest/globals';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { NOT_RUNNING } from '../../cli/local-environment.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { buildProgram } from '../../cli/program.ts';
import { runCli } from '../../cli/run-cli.ts';
import { commandLine } from './command-line.ts';

const run = commandLine({});
const lines = buildProgram(() => Promise.resolve()).commands.flatMap((command) =>
  command.commands.length === 0
    ? [command.name()]
    : command.commands.map((inner) => `${command.name()} ${inner.name()}`),
);

describe('the help', () => {
  test.each(lines)('of %s shows examples that name the program once, where it stands in a shell', async (line) => {
    const { exitCode, stdout } = await run(`${line} --help`);
    expect(exitCode).toBe(0);
    const examples = stdout.split('Examples:\n')[1]?.trimEnd().split('\n') ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toMatch(/^ {2}(?:echo '[^']+' \| )?speechsense-export [a-z]/);
      expect(example.match(/speechsense-export/g)).toHaveLength(1);
    }
  });

  test('names the page where the environment is described', async () => {
    expect((await run('--help')).stdout).toContain('is described in docs/operations.md');
  });
});

test('--version tells the version of package.json', async () => {
  expect(await run('--version')).toMatchObject({ exitCode: 0, stdout: `${packageJson.version}\n` });
});

test('an environment without anything asks a clone’s user whether npm start runs', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exitCode = await runCli(['status', '--lang', 'ru'], {
    variables: {},
    stdin: Readable.from([]),
    stdout,
    stderr,
    withoutEnvironment: NOT_RUNNING,
  });
  stderr.end();
  expect(await text(stderr)).toMatch(/DATABASE_URL is missing.*\nЗапущен ли здесь `npm start`\?/s);
  expect(exitCode).toBe(2);
});
