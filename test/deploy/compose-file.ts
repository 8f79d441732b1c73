import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** Where the project lies. */
export const root = path.join(import.meta.dirname, '..', '..');

const serviceSchema = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()).min(2) }).optional(),
  restart: z.string().optional(),
});

export type ComposeService = z.output<typeof serviceSchema>;

/** docker-compose.yml with its merge keys resolved and its `${…}` left as they are. */
export function readCompose(): { services: Record<string, ComposeService>; volumes: string[] } {
  const schema = z.looseObject({
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.unknown()),
  });
  const { services, volumes } = schema.parse(parse(readText('docker-compose.yml'), { merge: true }));
  return { services, volumes: Object.keys(volumes) };
}

/** Every variable that .env.example names, with the value it shows; undefined where it has to be filled in. */
export function readEnvExample(): Map<string, { value: string; commented: boolean }> {
  const lines = readText('.env.example').matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(.*)$/gm);
  return new Map([...lines].map(([, mark, name = '', value = '']) => [name, { value, commented: mark === '#' }]));
}

/** The names in a text's `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = '']) => name);
}

/** A value as compose would fill it in. @throws when a required variable is not given. */
export function filledIn(text: string, given: Record<string, string>): string {
  return text.replace(/\$\{([A-Z0-9_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) => {
    const value = given[name] ?? '';
    if (value !== '') return value;
    if (kind === '?') throw new Error(`${name}: ${rest ?? ''}`);
    return rest ?? '';
  });
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
