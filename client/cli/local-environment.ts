import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadEnvFile } from 'node:process';

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

/** The folder of package.json: one more level up in a build than in a clone. */
function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return folder;
}
