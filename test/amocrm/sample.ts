import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, 'payloads');

/** Names of all published samples, with their endings. */
export function sampleNames(): string[] {
  return readdirSync(FOLDER).filter((name) => name !== 'README.md');
}

export function sampleText(name: string): string {
  return readFileSync(path.join(FOLDER, name), 'utf8');
}

/** A sample in JSON, named without its ending. */
export function sample(name: string): unknown {
  return JSON.parse(sampleText(`${name}.json`)) as unknown;
}
