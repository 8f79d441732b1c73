import { describe, expect, test } from '@jest/globals';
import path from 'node:path';
import { type Environment, environmentSchema, readEnvironment } from '../../environment/environment.ts';
import { ExportError } from '../../errors/export-error.ts';

const key = (fill: number, bytes = 32) => Buffer.alloc(bytes, fill).toString('base64');
const NEEDED = { DATABASE_URL: 'postgres://exports@db/exports', ENCRYPTION_KEYS: `k1:${key(1)}` };
const read = (more: Record<string, string | undefined> = {}): Environment => readEnvironment({ ...NEEDED, ...more });

function problemsOf(variables: Record<string, string | undefined>): string {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof ExportError && error.code === 'environment_invalid') return error.message;
    throw error;
  }
  throw new Error('this environment was taken');
}

describe('an environment with only what is needed', () => {
  test('has a default for everything else', () => {
    expect(read()).toEqual({
      DATABASE_URL: NEEDED.DATABASE_URL,
      ENCRYPTION_KEYS: [{ id: 'k1', key: Buffer.alloc(32, 1) }],
      TEMPORAL_TASK_QUEUE: 'speechsense-export',
      AMOCRM_REQUESTS_PER_SECOND: 6,
      SPEECHSENSE_ENDPOINT: 'api.speechsense.yandexcloud.net:443',
      SPEECHSENSE_TLS: true,
      WORKER_METRICS_PORT: 9464,
      OPERATIONS_PORT: 9465,
      FFMPEG_PATH: 'ffmpeg',
      HOST: '127.0.0.1',
      PORT: 3000,
      TRUSTED_PROXIES: 0,
      WORKER_NICENESS: 5,
      SHUTDOWN_GRACE_SECONDS: 90,
      LOG_LEVEL: 'info',
      INSECURE_HOSTS: [],
      RECORDING_MAX_BYTES: 536_870_912,
      RECORDING_STALL_SECONDS: 30,
      RECORDING_WAIT_HOURS: 48,
      RECORDING_RETRY_SECONDS: 600,
      TARIFF_FILE: path.resolve(import.meta.dirname, '../../settings/tariff.json'),
      CONFIRM_AFTER_SECONDS: 60,
      CONFIRM_WITHIN_SECONDS: 900,
      CONFIRM_ABSENT_AFTER_SECONDS: 4_500,
      SPEECHSENSE_READ_SHARE: 25,
    });
  });

  test('takes an empty variable for an absent one, as an env file leaves it', () => {
    const empty = Object.fromEntries(Object.keys(environmentSchema.shape).map((name) => [name, '']));
    expect(readEnvironment({ ...empty, ...NEEDED })).toEqual(read());
  });

  test('ignores variables of others', () => {
    expect(read({ PATH: '/bin', TEMPORAL_ADDRESS: 'temporal:7233' })).toEqual(read());
  });
});

describe('a wrong environment', () => {
  test('names what is missing and how it looks', () => {
    const problems = problemsOf({});
    expect(problems).toMatch(/DATABASE_URL is missing: postgres:\/\//);
    expect(problems).toMatch(/ENCRYPTION_KEYS is missing: .*openssl/);
  });

  test('names a needed variable that is empty', () => {
    expect(problemsOf({ ...NEEDED, DATABASE_URL: '' })).toMatch(/DATABASE_URL is missing/);
  });

  test('names every wrong variable at once, and shows no value of any', () => {
    const wrong = Object.fromEntries(
      Object.keys(environmentSchema.shape)
        .filter((name) => !['HOST', 'TEMPORAL_TASK_QUEUE', 'TARIFF_FILE', 'FFMPEG_PATH'].includes(name))
        .map((name) => [name, `s3cret/of ${name.toLowerCase()}`]),
    );
    const problems = problemsOf(wrong);
    for (const name of Object.keys(wrong)) expect(problems).toContain(`${name} `);
    expect(problems).not.toMatch(/s3cret/);
  });

  test.each([
    ['DATABASE_URL', 'nonsense', 'expected postgres://user:password@host:5432/database'],
    ['SPEECHSENSE_ENDPOINT', 'nonsense', 'expected host:port'],
    ['RECORDING_WAIT_HOURS', 'x', 'expected a number of hours, 0 or more'],
    ['RECORDING_WAIT_HOURS', '-1', 'expected a number of hours, 0 or more'],
    ['RECORDING_RETRY_SECONDS', '1.5', 'expected a whole number above 0'],
    ['WORKER_METRICS_PORT', 'x', 'expected a port, 0 to 65535'],
  ])('says of %s=%s how it looks: %s', (name, value, expected) => {
    expect(problemsOf({ ...NEEDED, [name]: value })).toBe(`The environment is not valid: ${name} ${expected}`);
  });

  test('names the variables of the integration that are there beside one that is missing', () => {
    const others = { AMOCRM_CLIENT_SECRET: 'secret', AMOCRM_REDIRECT_URI: 'https://exports.example/oauth' };
    expect(problemsOf({ ...NEEDED, ...others, AMOCRM_CLIENT_ID: '' })).toMatch(
      /AMOCRM_CLIENT_ID is missing beside AMOCRM_CLIENT_SECRET and AMOCRM_REDIRECT_URI$/,
    );
  });

  test('shows no key material of keys that are wrong', () => {
    const short = key(9, 31);
    const problems = problemsOf({ ...NEEDED, ENCRYPTION_KEYS: `k1:${key(1)},k2:${short}` });
    expect(problems).not.toContain(short);
    expect(problems).not.toContain(key(1));
  });

  test.each([
    ['DATABASE_URL', 'mysql://db/exports'],
    ['AMOCRM_REQUESTS_PER_SECOND', '0'],
    ['AMOCRM_REQUESTS_PER_SECOND', '51'],
    ['AMOCRM_REQUESTS_PER_SECOND', 'Infinity'],
    ['SPEECHSENSE_ENDPOINT', 'https://api.speechsense.yandexcloud.net:443'],
    ['SPEECHSENSE_ENDPOINT', 'api.speechsense.yandexcloud.net'],
    ['SPEECHSENSE_TLS', 'yes'],
    ['WORKER_METRICS_PORT', '65536'],
    ['WORKER_METRICS_PORT', '-1'],
    ['LOG_LEVEL', 'verbose'],
    ['RECORDING_MAX_BYTES', '512 MiB'],
    ['RECORDING_MAX_BYTES', '0'],
    ['RECORDING_STALL_SECONDS', '1.5'],
    ['RECORDING_WAIT_HOURS', '-1'],
    ['RECORDING_RETRY_SECONDS', 'never'],
    ['CONFIRM_AFTER_SECONDS', '0'],
    ['CONFIRM_WITHIN_SECONDS', '-1'],
    ['CONFIRM_ABSENT_AFTER_SECONDS', '0'],
    ['SPEECHSENSE_READ_SHARE', '0'],
    ['SPEECHSENSE_READ_SHARE', '101'],
  ])('%s may not be %p', (name, value) => {
    expect(problemsOf({ ...NEEDED, [name]: value })).toMatch(new RegExp(`^The environment is not valid: ${name} `));
  });
});

describe('ENCRYPTION_KEYS', () => {
  test('are several, in their order: the first one seals', () => {
    const { ENCRYPTION_KEYS } = read({ ENCRYPTION_KEYS: ` new:${key(2)} , old:${key(1)},` });
    expect(ENCRYPTION_KEYS.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(ENCRYPTION_KEYS.map(({ key: bytes }) => bytes[0])).toEqual([2, 1]);
  });

  test.each([
    ['a key of 31 bytes', `k1:${key(1, 31)}`],
    ['a key of 33 bytes', `k1:${key(1, 33)}`],
    ['a key of 16 bytes behind a good one', `k1:${key(1)},k2:${key(1, 16)}`],
    ['no id', key(1)],
    ['an empty id', `:${key(1)}`],
    ['an id that is too long for its place', `${'k'.repeat(33)}:${key(1)}`],
    ['an id of other letters', `ключ:${key(1)}`],
    ['nothing but commas', ' , '],
  ])('may not hold %s', (_, value) => {
    expect(problemsOf({ ...NEEDED, ENCRYPTION_KEYS: value })).toMatch(/ENCRYPTION_KEYS expected id:base64 of 32 bytes/);
  });

  test('may not repeat an id: which key would open is not known', () => {
    expect(problemsOf({ ...NEEDED, ENCRYPTION_KEYS: `k1:${key(1)},k1:${key(2)}` })).toMatch(/key id is repeated/);
  });
});

describe('INSECURE_HOSTS', () => {
  test('are host and port, comma-separated, with room for spaces', () => {
    expect(read({ INSECURE_HOSTS: ' 127.0.0.1:8080, sandbox:9000 ,' }).INSECURE_HOSTS).toEqual([
      '127.0.0.1:8080',
      'sandbox:9000',
    ]);
  });

  test.each(['localhost', 'http://localhost:80', 'localhost:', ':80', 'localhost:80/path', 'a b:80', 'host:123456'])(
    '%p is not one',
    (value) => {
      expect(problemsOf({ ...NEEDED, INSECURE_HOSTS: `ok:80,${value}` })).toMatch(/INSECURE_HOSTS expected host:port/);
    },
  );
});

test('flags and numbers come as what they mean', () => {
  expect(
    read({ SPEECHSENSE_TLS: 'false', WORKER_METRICS_PORT: '0', RECORDING_WAIT_HOURS: '0.5', LOG_LEVEL: 'silent' }),
  ).toMatchObject({ SPEECHSENSE_TLS: false, WORKER_METRICS_PORT: 0, RECORDING_WAIT_HOURS: 0.5, LOG_LEVEL: 'silent' });
});
