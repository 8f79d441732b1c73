import { afterEach, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
});

function run(...args: string[]) {
  const started = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts', ...args], { env: plainEnvironment() });
  child = started;
  return started;
}

/** Jest's own NODE_OPTIONS are not for the child. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}

describe('npm run sandbox', () => {
  test('prints addresses and secrets as its first line, serves, and ends on SIGTERM', async () => {
    const sandbox = run('--json', '--calls', '20');
    const lines = createInterface({ input: sandbox.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const told = JSON.parse(line) as Record<string, unknown>;
    expect(Object.keys(told)).toEqual(['amocrm', 'telephony', 'speechsense', 'control', 'accountId', 'token', 'clientId', 'clientSecret', 'redirectUri', 'connectionId', 'apiKey']); // prettier-ignore
    expect(told['speechsense']).toMatch(/^127\.0\.0\.1:\d+$/);

    const headers = { Authorization: `Bearer ${String(told['token'])}` };
    const account = await fetch(`${String(told['amocrm'])}/api/v4/account`, { headers });
    expect(await account.json()).toMatchObject({ id: told['accountId'] });

    const exit = once(sandbox, 'exit');
    sandbox.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  test('says which port is taken and exits with 2', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const sandbox = run('--amocrm-port', String(port));
    let said = '';
    sandbox.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(sandbox, 'close')) as [number];
    taken.close();
    expect(code).toBe(2);
    expect(said).toContain(`Port ${port} for amoCRM is taken`);
  });

  test.each([
    ['--calls', 'many'],
    ['--time-zone', 'Europe/Moskau'],
    ['--colour', 'red'],
  ])('refuses %s %s with 2', async (...args) => {
    // prettier-ignore
    const [code] = (await once(run(...args), 'close')) as [number];
    expect(code).toBe(2);
  });
});
