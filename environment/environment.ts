import path from 'node:path';
import { z } from 'zod';
import { ExportError } from '../errors/export-error.ts';
import { projectRoot } from './project-root.ts';
import { usualFfmpeg } from './usual-ffmpeg.ts';

/** `host:port`, comma-separated: the only places where plain http and loopback are allowed. For sandboxes. */
const hostPorts = z
  .string()
  .default('')
  .transform((text) => splitList(text))
  .pipe(z.array(z.string().regex(/^[^\s/:]+:\d{1,5}$/, 'expected host:port, comma-separated')));

/** `id:base64` of 32 random bytes, comma-separated; the first one seals, all of them open. */
const encryptionKeys = z.string().transform((text, context) => {
  const keys = splitList(text).map((pair) => {
    const [id = '', base64 = ''] = pair.split(/:(.*)/s);
    return { id, key: Buffer.from(base64, 'base64') };
  });
  if (keys.length === 0 || keys.some(({ id, key }) => !/^[A-Za-z0-9_-]{1,32}$/.test(id) || key.length !== 32)) {
    context.addIssue('expected id:base64 of 32 bytes each, comma-separated (openssl rand -base64 32)');
  }
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) context.addIssue('a key id is repeated');
  return keys;
});

const flag = z
  .enum(['true', 'false'])
  .default('true')
  .transform((text) => text === 'true');

const word = z.string().regex(/^\S+$/, 'expected no spaces');
const number = (expected: string) => z.coerce.number({ error: `expected ${expected}` });
const count = (preset: number) => number('a whole number above 0').int().positive().default(preset);
const port = (preset: number) => number('a port, 0 to 65535').int().min(0).max(65_535).default(preset);

/** Every variable that the processes read. The names are a contract (README, docker-compose.yml). */
export const environmentSchema = z.object({
  DATABASE_URL: z
    .string({ error: 'is missing: postgres://user:password@host:5432/database' })
    .regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:5432/database'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('speechsense-export'),
  ENCRYPTION_KEYS: z.string({ error: 'is missing: id:base64, made by openssl rand -base64 32' }).pipe(encryptionKeys),
  AMOCRM_CLIENT_ID: word.optional(),
  AMOCRM_CLIENT_SECRET: word.optional(),
  AMOCRM_REDIRECT_URI: z.url({ protocol: /^https?$/, error: 'expected the address of the integration' }).optional(),
  AMOCRM_REQUESTS_PER_SECOND: number('a number above 0, up to 50').positive().max(50).default(6),
  SPEECHSENSE_ENDPOINT: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'expected host:port')
    .default('api.speechsense.yandexcloud.net:443'),
  SPEECHSENSE_TLS: flag,
  WORKER_METRICS_PORT: port(9464),
  HOST: z.string().default('127.0.0.1'),
  PORT: port(3000),
  // The backend's /ready and /metrics, which are the operator's and not the public's.
  OPERATIONS_PORT: port(9465),
  // Without it, the scheme and host of AMOCRM_REDIRECT_URI.
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'expected the address at which browsers reach the backend' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  // Reverse proxies between the browsers and the backend, whose X-Forwarded-For is believed.
  TRUSTED_PROXIES: number('a whole number, 0 to 10').int().min(0).max(10).default(0),
  // Commands, Postgres and Temporal on the same machine get the processor first.
  WORKER_NICENESS: number('a whole number, 0 to 19').int().min(0).max(19).default(5),
  SHUTDOWN_GRACE_SECONDS: number('a number of seconds, 0 to 3600').min(0).max(3_600).default(90),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  INSECURE_HOSTS: hostPorts,
  FFMPEG_PATH: z.string().default(() => usualFfmpeg(projectRoot(), process.env)),
  RECORDING_MAX_BYTES: count(512 * 1024 * 1024),
  RECORDING_STALL_SECONDS: count(30),
  RECORDING_WAIT_HOURS: number('a number of hours, 0 or more').min(0).default(48),
  RECORDING_RETRY_SECONDS: count(600),
  TARIFF_FILE: z.string().default(() => path.join(projectRoot(), 'settings', 'tariff.json')),
  CONFIRM_AFTER_SECONDS: count(60),
  CONFIRM_WITHIN_SECONDS: count(900),
  CONFIRM_ABSENT_AFTER_SECONDS: count(4500),
  // Percent of the customer's quota for reading talks.
  SPEECHSENSE_READ_SHARE: number('a percentage, 1 to 100').min(1).max(100).default(25),
});

export type Environment = z.output<typeof environmentSchema>;

/**
 * The environment, read once and checked in one place. An empty variable counts as absent, as in an env file.
 *
 * @throws {ExportError} `environment_invalid`, naming every variable that is wrong, never its value.
 */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.check(assertWholeIntegration).safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ''} ${issue.message}`).join('; ');
  throw new ExportError('environment_invalid', { values: { problems } });
}

const INTEGRATION = ['AMOCRM_CLIENT_ID', 'AMOCRM_CLIENT_SECRET', 'AMOCRM_REDIRECT_URI'] as const;

/** Half an integration would look like none, and accounts by consent would lose their access a day later. */
function assertWholeIntegration({ value, issues }: z.core.ParsePayload<Environment>): void {
  const absent = INTEGRATION.filter((name) => value[name] === undefined);
  if (absent.length === INTEGRATION.length) return;
  const present = INTEGRATION.filter((name) => value[name] !== undefined);
  for (const name of absent) {
    issues.push({
      code: 'custom',
      input: undefined,
      path: [name],
      message: `is missing beside ${present.join(' and ')}`,
    });
  }
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}
