import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { environmentSchema, readEnvironment } from '../../environment/environment.ts';
import {
  type ComposeService,
  filledIn,
  readCompose,
  readEnvExample,
  readText,
  root,
  variablesIn,
} from './compose-file.ts';

const { services, volumes } = readCompose();
const example = readEnvExample();
const schemaNames = Object.keys(environmentSchema.shape);
const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('speechsense-export:'));
/** What .env holds once its first parts are filled in. */
const filled = {
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  POSTGRES_PASSWORD: 'first',
  TEMPORAL_POSTGRES_PASSWORD: 'second',
};

function resolved({ environment }: ComposeService, given: Record<string, string> = filled): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(value, given)]));
}

describe('our services in docker-compose.yml', () => {
  test('are the backend, the worker and the migration, of one image whose tag is the version of the package', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(['backend', 'migrate', 'worker']);
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    for (const [, { image }] of ours) expect(image).toBe(`speechsense-export:${version}`);
  });

  test.each(ours)(
    '%s has no capability, writes to /tmp alone, and has limits of processes and memory',
    (_, service) => {
      expect(service).toMatchObject({ cap_drop: ['ALL'], read_only: true, pids_limit: expect.any(Number) });
      expect(service['mem_limit']).toMatch(/^\$\{MEMORY_LIMIT:-\d+g\}$/);
      expect(service.volumes).toContain('/tmp');
    },
  );

  test.each(Object.entries(services).filter(([, { restart }]) => restart !== undefined))(
    '%s gains no rights by a set-uid program',
    (_, service) => expect(service['security_opt']).toEqual(['no-new-privileges:true']),
  );

  test.each(ours)('%s is given variables that the processes read, all of them, and no others', (_, service) => {
    const temporal = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'];
    expect(Object.keys(service.environment).sort()).toEqual([...schemaNames, ...temporal].sort());
  });

  test.each(ours)(
    '%s has a valid environment with nothing but the secrets in .env, every default in force',
    (_, service) => {
      const inCompose = readEnvironment(resolved(service));
      const inClone = readEnvironment({
        DATABASE_URL: inCompose.DATABASE_URL,
        ENCRYPTION_KEYS: filled.ENCRYPTION_KEYS,
        HOST: '0.0.0.0',
      });
      expect(inCompose).toEqual(inClone);
    },
  );

  test.each(ours)('%s takes every variable of .env over', (_, service) => {
    const given = {
      ...filled,
      RECORDING_MAX_BYTES: '1',
      LOG_LEVEL: 'debug',
      SPEECHSENSE_TLS: 'false',
      INSECURE_HOSTS: 'a:1',
    };
    expect(readEnvironment(resolved(service, given))).toMatchObject({
      RECORDING_MAX_BYTES: 1,
      LOG_LEVEL: 'debug',
      SPEECHSENSE_TLS: false,
      INSECURE_HOSTS: ['a:1'],
    });
    for (const name of schemaNames) {
      const value = service.environment[name] ?? '';
      if (name === 'DATABASE_URL' || !value.includes('$')) continue;
      expect(variablesIn(value)).toEqual([name]);
    }
  });

  test('see no password but their own', () => {
    for (const [, { environment }] of ours) {
      expect(Object.values(environment).flatMap(variablesIn)).not.toContain('TEMPORAL_POSTGRES_PASSWORD');
    }
  });
});

describe('docker-compose.yml', () => {
  test.each(['POSTGRES_PASSWORD', 'TEMPORAL_POSTGRES_PASSWORD', 'ENCRYPTION_KEYS'])(
    'does not start without %s',
    (missing) => {
      const given = { ...filled, [missing]: '' };
      expect(() => Object.values(services).map((service) => resolved(service, given))).toThrow(missing);
    },
  );

  test.each(Object.entries(services))('%s has an image with an exact version', (_, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9]+)?(@sha256:[0-9a-f]{64})?$/);
  });

  test('has one version of Temporal', () => {
    const tags = Object.values(services)
      .map(({ image }) => image.split(':'))
      .filter(([name]) => name === 'temporalio/server' || name === 'temporalio/admin-tools')
      .map(([, tag = '']) => tag.split('@')[0]);
    expect(new Set(tags).size).toBe(1);
    expect(tags).toHaveLength(3);
  });

  test('publishes nothing beyond this machine, and neither Postgres nor Temporal at all', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports.length > 0);
    expect(published.map(([name]) => name).sort()).toEqual(['backend', 'temporal-ui']);
    for (const port of published.flatMap(([, { ports }]) => ports)) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('waits for health where a service serves, and for the end where it is a job', () => {
    for (const { depends_on: needed } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(needed)) {
        const serves = services[name]?.healthcheck !== undefined;
        expect([name, condition]).toEqual([name, serves ? 'service_healthy' : 'service_completed_successfully']);
      }
    }
  });

  test('checks the health of all that others or an operator rely on', () => {
    const checked = Object.entries(services).filter(([, { healthcheck }]) => healthcheck);
    expect(checked.map(([name]) => name).sort()).toEqual(['backend', 'postgres', 'temporal', 'worker']);
  });

  test('starts again what serves, and never a job', () => {
    const jobs = new Set(
      Object.values(services).flatMap(({ depends_on: needed }) =>
        Object.entries(needed).flatMap(([name, { condition }]) =>
          condition === 'service_completed_successfully' ? [name] : [],
        ),
      ),
    );
    for (const [name, { restart }] of Object.entries(services)) {
      expect([name, restart ?? 'no']).toEqual([name, jobs.has(name) ? 'no' : 'unless-stopped']);
    }
  });

  test('mounts files that are there, read-only, and volumes that are declared', () => {
    for (const mount of Object.values(services).flatMap((service) => service.volumes)) {
      const [source = '', , mode] = mount.split(':');
      if (source.startsWith('./')) {
        expect(existsSync(path.join(root, source))).toBe(true);
        expect(mode).toBe('ro');
      } else if (mount !== '/tmp') expect(volumes).toContain(source);
    }
  });
});

describe('.env.example', () => {
  test('names every variable that the processes or docker-compose.yml read', () => {
    const inCompose = variablesIn(readText('docker-compose.yml'));
    for (const name of new Set([...schemaNames, ...inCompose])) expect([...example.keys()]).toContain(name);
  });

  test('names none that nobody reads', () => {
    const known = [
      ...schemaNames,
      ...variablesIn(readText('docker-compose.yml')),
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
    ];
    for (const name of example.keys()) expect(known).toContain(name);
  });

  test('leaves open what has to be given, and holds no secret', () => {
    const open = [...example].filter(([, { commented }]) => !commented);
    expect(open).toEqual(Object.keys(filled).map((name) => [name, { value: '', commented: false }]));
  });

  test('shows the defaults that are in force', () => {
    const needed = { DATABASE_URL: 'postgres://user:password@host/database', ENCRYPTION_KEYS: filled.ENCRYPTION_KEYS };
    const shown = Object.fromEntries(
      [...example].filter(([name]) => schemaNames.includes(name)).map(([name, { value }]) => [name, value]),
    );
    expect(readEnvironment({ ...shown, ...needed })).toEqual(readEnvironment(needed));
    for (const [name, { commented, value }] of example) {
      if (!commented || value === '' || schemaNames.includes(name)) continue;
      const elsewhere = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'].includes(name);
      if (!elsewhere) expect(readText('docker-compose.yml')).toContain(`\${${name}:-${value}}`);
    }
  });
});

describe('the image', () => {
  const dockerfile = readText('Dockerfile');

  test('is built on a base with an exact version, and does not run as root', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:22\.\d+\.\d+-bookworm-slim(@sha256:[0-9a-f]{64})?$/m);
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)).toEqual(Array(3).fill('${NODE_IMAGE}'));
    expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM '));
  });

  test('is given every folder that the build compiles', () => {
    const { exclude } = JSON.parse(readText('tsconfig.build.json')) as { exclude: string[] };
    const compiled = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !exclude.includes(entry.name) && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .filter((name) =>
        readdirSync(path.join(root, name), { recursive: true }).some((file) => /\.ts$/.test(String(file))),
      );
    expect(compiled.length).toBeGreaterThan(10);
    for (const folder of compiled) expect(readText('.dockerignore').split('\n')).toContain(`!${folder}`);
  });
});
