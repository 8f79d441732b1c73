import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEnvFile } from 'node:process';
import { projectRoot } from '../environment/project-root.ts';
import type { Sentence } from '../errors/codes.ts';

/** Written by `npm start` for the servers that it runs. */
const LOCAL_ENVIRONMENT = path.join('.data', 'local.env');

/** What an environment that lacks everything most likely means in a clone. */
export const NOT_RUNNING: Sentence = {
  en: 'Is `npm start` running here? While it does, commands work without any variables.',
  ru: 'Запущен ли здесь `npm start`? Пока он работает, команды обходятся без переменных.',
};

/** Whether commands here would take the variables of an `npm start`, and none runs. */
export function lacksLocalEnvironment(): boolean {
  return !process.env['DATABASE_URL'] && isClone() && !existsSync(localFile());
}

/**
 * In a clone, beside a running `npm start`, commands work without any variables set: they read those that it left.
 * A DATABASE_URL of one's own means one's own servers, so nothing is read then.
 *
 * @returns the file that was read, if any.
 */
export function loadLocalEnvironment(): string | undefined {
  if (process.env['DATABASE_URL']) return undefined;
  const file = localFile();
  if (!existsSync(file)) return undefined;
  loadEnvFile(file);
  return file;
}

function localFile(): string {
  return path.join(projectRoot(), LOCAL_ENVIRONMENT);
}

/** Neither the container image nor a package has what `npm start` runs. */
function isClone(): boolean {
  return existsSync(path.join(projectRoot(), 'scripts', 'start.ts'));
}
