import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createStage, type Stage } from '../support/stage.ts';
import { createTestSchema } from '../support/postgres-schema.ts';
import { commandLine } from './command-line.ts';

let stage: Stage;
let host: string;
let run: ReturnType<typeof commandLine>;
const folder = mkdtempSync(path.join(tmpdir(), 'speechsense-cli-'));

beforeAll(async () => {
  stage = await createStage({ sandbox: { calls: 20 } });
  host = new URL(stage.sandbox.addresses.amocrm).host;
  run = commandLine(stage.environment);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stage.close();
});

const NO_INTEGRATION = { AMOCRM_CLIENT_ID: '', AMOCRM_CLIENT_SECRET: '', AMOCRM_REDIRECT_URI: '' };

/** Nobody listens there: a port that the system never gives out. */
const NOBODY = '127.0.0.1:1';

describe('account add', () => {
  beforeEach(async () => {
    await stage.ledger.accounts.remove(stage.accountId);
  });

  test('refuses a host that is not amoCRM’s before the token goes anywhere', async () => {
    const { exitCode, stderr } = await run('account add --host amocrm.example.com --token-stdin', stage.sandbox.token);
    expect(stderr).toMatch(/^amocrm\.example\.com is not an amoCRM address: .*\n$/);
    expect(exitCode).toBe(2);
  });

  test('with a wrong token says so and keeps nothing', async () => {
    const { exitCode, stderr } = await run(`account add --host ${host} --token-stdin`, 'wrong\n');
    expect(stderr).toContain(`amoCRM refuses the token of ${host}`);
    expect(stderr).not.toContain('again');
    expect(stderr).not.toContain('wrong\n');
    expect(exitCode).toBe(7);
    expect(await stage.ledger.accounts.list()).toEqual([]);
  });

  test('at a host that no DNS knows says to check it, not that an export tries again', async () => {
    const misspelt = 'no..such:80';
    const given = { INSECURE_HOSTS: misspelt };
    for (const how of ['--token-stdin', '--code-stdin']) {
      const { exitCode, stderr } = await run(`account add --host ${misspelt} ${how} --lang ru`, 'secret', given);
      expect(stderr).toBe(`Адреса ${misspelt} нет: проверьте --host, а если он верен, то DNS на этой машине.\n`);
      expect(exitCode).toBe(2);
    }
  });

  test('with a token without an administrator’s rights keeps nothing', async () => {
    const { switches } = stage.sandbox.amocrm.account;
    switches.usersForbidden = true;
    const { exitCode, stderr } = await run(`account add --host ${host} --token-stdin`, stage.sandbox.token);
    switches.usersForbidden = false;
    expect(stderr).toContain('it needs the rights of an administrator');
    expect(exitCode).toBe(7);
    expect(await stage.ledger.accounts.list()).toEqual([]);
  });

  test('without a token, or with one that no header can carry, is a wrong command line', async () => {
    expect((await run(`account add --host ${host}`, '', NO_INTEGRATION)).exitCode).toBe(2);
    expect((await run(`account add --host ${host} --token-stdin`, ' \n')).exitCode).toBe(2);
    expect((await run(`account add --host ${host} --token-stdin`, 'two words')).exitCode).toBe(2);
  });

  test('then without any account every other command says what to do first', async () => {
    const { exitCode, stderr } = await run('status --lang ru');
    expect(stderr).toBe('Ни один аккаунт amoCRM ещё не подключён: подключите его через `account add`.\n');
    expect(exitCode).toBe(2);
  });
});

describe('with an account', () => {
  beforeAll(async () => {
    const added = await run(`account add --host ${host} --token-stdin --json`, `${stage.sandbox.token}\n`);
    expect(JSON.parse(added.stdout)).toEqual({ accountId: stage.accountId, host, state: 'connected' });
  });

  test('another account than those that are there is not found', async () => {
    expect((await run('status --account other.amocrm.ru')).stderr).toContain(
      'There is no account other.amocrm.ru here',
    );
    expect((await run(`connection check --account https://${host}/`)).stderr).toContain(
      'no SpeechSense connection yet',
    );
  });

  test.each([
    ['a wrong key', 'AQVNwrong', {}, 7, 'refuses the API key'],
    ['an unknown connection', undefined, { connectionId: 'eavunknown' }, 7, 'knows no connection eavunknown'],
    ['an unknown language', undefined, { language: 'en-US' }, 2, 'the language must be "ru-RU" or "ru-RU, kk-KZ"'],
    ['a SpeechSense that does not answer', undefined, { endpoint: NOBODY }, 5, 'SpeechSense does not answer'],
  ])('connection set with %s keeps nothing', async (_what, key, given, exitCode, sentence) => {
    const { connectionId, language, endpoint } = {
      ...{ connectionId: stage.sandbox.connectionId, language: 'ru-RU', endpoint: '' },
      ...given,
    };
    const result = await run(
      `connection set --connection-id ${connectionId} --language ${language} --api-key-stdin`,
      key ?? stage.sandbox.apiKey,
      endpoint === '' ? {} : { SPEECHSENSE_ENDPOINT: endpoint },
    );
    expect(result.stderr).toContain(sentence);
    expect(result.exitCode).toBe(exitCode);
    expect(await stage.ledger.connections.about(stage.accountId)).toBeUndefined();
  });

  describe('and a connection', () => {
    beforeAll(async () => {
      const { connectionId, apiKey } = stage.sandbox;
      const set = await run(`connection set --connection-id ${connectionId} --api-key-stdin`, apiKey);
      expect(set).toMatchObject({ exitCode: 0, stderr: '' });
    });

    const nothingRuns = async () => expect(await stage.exports.running(stage.accountId)).toBeUndefined();

    test('connection check tells the code, the sentence and SpeechSense’s request id', async () => {
      expect(JSON.parse((await run('connection check --json')).stdout)).toEqual({
        ok: true,
        code: null,
        message: 'The connection works: SpeechSense accepted the key.',
        requestId: null,
        keepsCallId: null,
        converter: { ok: true, version: expect.any(String) },
      });
      const bare = JSON.parse((await run('connection check --json', '', { FFMPEG_PATH: '/nowhere' })).stdout) as object;
      expect(bare).toMatchObject({ ok: true, converter: { ok: false, version: null } });
      const away = await run('connection check --json', '', { SPEECHSENSE_ENDPOINT: NOBODY });
      expect(JSON.parse(away.stdout)).toMatchObject({ ok: false, code: 'speechsense_unavailable' });
      expect(away.exitCode).toBe(5);
    });

    test('settings with typos are refused as a whole, every mistake named', async () => {
      const file = path.join(folder, 'typos.json');
      const typos = {
        perod: null,
        direction: 'inbound',
        talkSeconds: { min: -1 },
        mapping: { call: [{ amocrm: 'durration', speechsense: 'call_duration' }] },
      };
      writeFileSync(file, JSON.stringify(typos));
      const before = await stage.ledger.settings.read(stage.accountId);
      const { exitCode, stdout } = await run(`settings set --file ${file} --json`);
      const { error } = JSON.parse(stdout) as { error: { code: string; problems: { field: string }[] } };
      expect(error.code).toBe('settings_invalid');
      expect(error.problems.map(({ field }) => field).sort()).toEqual([
        'direction',
        'mapping.call.0.amocrm',
        'perod',
        'talkSeconds.min',
      ]);
      expect(exitCode).toBe(2);
      expect(await stage.ledger.settings.read(stage.accountId)).toEqual(before);
    });

    test('a settings file that is absent or no JSON is a wrong command line', async () => {
      expect((await run(`settings set --file ${folder}/none.json`)).stderr).toContain('cannot be read (ENOENT)');
      const cut = await run('settings set --file - --lang ru', '{');
      expect(cut).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('стандартный ввод: это не JSON') });
    });

    test('a partial settings file takes defaults for the rest', async () => {
      expect((await run('settings set --file -', '{ "direction": "incoming" }')).exitCode).toBe(0);
      const shown = JSON.parse((await run('settings show --json')).stdout) as Record<string, unknown>;
      expect(shown).toMatchObject({ direction: 'incoming', reExport: false, talkSeconds: { min: 0, max: 0 } });
    });

    test.each([
      ['in the future', '--from 2100-01-01 --to 2100-01-31', 'period.from: 2100-01-01 is in the future'],
      ['reversed', '--from 2026-01-31 --to 2026-01-01', 'period.from: the first day is later than the last one'],
      ['of no dates', '--from 2026-02-30 --to never', 'period.to: expected a date'],
    ])('a period %s starts nothing', async (_what, flags, problem) => {
      for (const command of ['start', 'preview']) {
        const { exitCode, stderr } = await run(`${command} ${flags}`);
        expect(stderr).toContain(problem);
        expect(exitCode).toBe(2);
      }
      await nothingRuns();
    });

    describe('an unknown user', () => {
      const asked = () => (stage.sandbox.amocrm.counters() as { total: number }).total;

      test.each(['start --user 99999', 'preview --user 99999', 'settings set --file -'])(
        'is refused by %s, and nothing is started',
        async (line) => {
          const { exitCode, stderr } = await run(`${line} --lang ru`, '{ "users": [99999] }');
          expect(stderr).toContain('users: в аккаунте нет такого сотрудника: 99999, см. `users`');
          expect(exitCode).toBe(2);
          await nothingRuns();
        },
      );

      test('stops nothing where amoCRM cannot be asked, and a known one is not asked about', async () => {
        const [known] = await stage.ledger.users.list(stage.accountId);
        const before = asked();
        const set = (id: unknown) => run('settings set --file -', JSON.stringify({ users: [id] }));
        expect((await set(known?.id)).exitCode).toBe(0);
        expect(asked()).toBe(before);
        stage.sandbox.amocrm.faults.set([{ match: '/users', answer: { status: 503 } }]);
        expect((await set(99999)).exitCode).toBe(0);
        stage.sandbox.amocrm.faults.set([]);
        await run('settings set --file -', '{}');
      });
    });

    test('a revoked key or token ends start with its sentence, and nothing is started', async () => {
      const { connectionId, token, apiKey } = stage.sandbox;
      await stage.ledger.tokens.put(stage.accountId, 'revoked');
      const withoutToken = await run('start');
      await stage.ledger.tokens.put(stage.accountId, token);
      const connection = { accountId: stage.accountId, connectionId, language: 'ru-RU' };
      await stage.ledger.connections.put({ ...connection, apiKey: 'AQVNwrong' });
      const withoutKey = await run('start');
      await stage.ledger.connections.put({ ...connection, apiKey });
      expect(withoutToken).toMatchObject({ exitCode: 7, stdout: '' });
      expect(withoutKey).toMatchObject({ exitCode: 7, stdout: '' });
      await nothingRuns();
    });

    test('without Temporal the command says so within seconds', async () => {
      const { exitCode, stderr } = await run('start', '', { TEMPORAL_ADDRESS: NOBODY });
      expect(stderr).toContain(`Temporal at ${NOBODY} does not answer`);
      expect(exitCode).toBe(5);
    });

    test.each(['start', 'status', 'migrate'])('%s names a Temporal namespace that is not there', async (line) => {
      const { exitCode, stderr } = await run(`${line} --lang ru`, '', { TEMPORAL_NAMESPACE: 'nosuch' });
      expect(stderr).toContain('указанного в TEMPORAL_NAMESPACE');
      expect(exitCode).toBe(5);
    });

    test('without Postgres too, and a wrong password is told from an absent server', async () => {
      const absent = await run('status', '', { DATABASE_URL: `postgres://user:secret@${NOBODY}/db` });
      expect(absent.stderr).toMatch(/^Postgres does not answer \(ECONNREFUSED\)\. .*\n$/);
      expect(absent.exitCode).toBe(5);
      const address = new URL(stage.environment.DATABASE_URL ?? '');
      address.password = 'wrong-password';
      const refused = await run('status', '', { DATABASE_URL: address.href });
      expect(refused.stderr).toContain('wrong user, password or database name');
      expect(refused.stderr).not.toContain('wrong-password');
      expect(refused.exitCode).toBe(5);
    });

    test('on an empty database the command says how to prepare it, and migrate does', async () => {
      const schema = await createTestSchema();
      const empty = { DATABASE_URL: schema.databaseUrl };
      const before = await run('account list', '', empty);
      expect(before.stderr).toContain('run `migrate`');
      expect(before.exitCode).toBe(2);
      expect((await run('migrate', '', empty)).exitCode).toBe(0);
      expect(await run('account list --json', '', empty)).toMatchObject({ exitCode: 0, stdout: '[]\n' });
      await schema.drop();
    });

    test('an environment with mistakes is refused naming the variables, never their values', async () => {
      const { exitCode, stderr } = await run('status', '', { ENCRYPTION_KEYS: 'k1:c2VjcmV0', SPEECHSENSE_TLS: 'no' });
      expect(stderr).toMatch(/ENCRYPTION_KEYS .*SPEECHSENSE_TLS/);
      expect(stderr).not.toContain('c2VjcmV0');
      expect(exitCode).toBe(2);
    });

    test('an unknown command, flag or value is a wrong command line, in JSON where that was asked for', async () => {
      expect((await run('exprot')).stderr).toContain("unknown command 'exprot'");
      const unknown = await run('status --wacth --json');
      expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: 'usage' } });
      expect(unknown.exitCode).toBe(2);
      expect((await run('start --min-talk soon')).stderr).toContain('A whole number of seconds is wanted');
      expect((await run('report --export 42')).stderr).toContain('There is no export 42');
    });

    test('with nothing running stop and resume say so, and that is no failure', async () => {
      expect(await run('stop')).toMatchObject({ exitCode: 0, stdout: 'No export is running.\n' });
      expect(await run('resume --json')).toMatchObject({ exitCode: 0, stdout: '{"exportId":null}\n' });
    });

    test.each(['account remove', 'account remove --json'])('%s without a yes deletes nothing', async (line) => {
      const { exitCode, stdout, stderr } = await run(`${line} --lang ru`);
      expect(stdout + stderr).toContain('добавьте --yes');
      expect(exitCode).toBe(2);
      expect(await stage.ledger.accounts.list()).toHaveLength(1);
    });

    test('a second start and a removal name the export that runs', async () => {
      const first = await run('start --json');
      expect(first.exitCode).toBe(0);
      expect(first.stderr).toContain('No worker serves the task queue');
      const { exportId, state } = JSON.parse(first.stdout) as { exportId: string; state: string };
      expect(state).toBe('planning');

      const second = await run('start --json');
      expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'export_already_running', exportId } });
      expect(second.exitCode).toBe(6);
      const removal = await run('account remove --yes');
      expect(removal.stderr).toBe(`Export ${exportId} is running: stop it first.\n`);
      expect(removal.exitCode).toBe(6);

      await stage.temporal.workflow.getHandle(`export-${stage.accountId}`).terminate();
      const removed = JSON.parse((await run('account remove --yes --json')).stdout) as { deleted: unknown };
      expect(removed.deleted).toMatchObject({ users: expect.any(Number), secrets: 2 });
      expect(await stage.ledger.accounts.list()).toEqual([]);
    });
  });
});
