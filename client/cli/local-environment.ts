import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEnvFile } from 'node:process';
import { projectRoot } from '../../environment/project-root.ts';

/** Written by `npm start` for the servers that it runs. */
const LOCAL_ENVIRONMENT = path.join('.data', 'local.env');

/**
 * In a clone, beside a running `npm start`, commands work without any variables set: they read those that it left.
 * A DATABASE_URL of one's own means one's own servers, so nothing is read then.
 *
 * @returns the file that was read, if any.
 */
export function loadLocalEnvironment(): string | undefined {
  if (process.env['DATABASE_URL']) return undefined;
  const file = path.join(projectRoot(), LOCAL_ENVIRONMENT);
  if (!existsSync(file)) return undefined;
  loadEnvFile(file);
  return file;
}
