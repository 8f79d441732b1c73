import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of package.json: one more level up in a build than in a clone. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return folder;
}
