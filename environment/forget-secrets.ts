import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

/** Where `/proc/<pid>/stat` says that the environment begins and ends, counted behind the name of the program. */
const ENV_START = 47;
const ENV_END = 48;

/**
 * Takes variables out of this process's environment once they have been read: from `process.env`, and from what Linux shows
 * of it in `/proc/<pid>/environ` to each process of the same user, such as an ffmpeg that a recording has taken over.
 * What the parent was started with is the parent's own.
 *
 * @returns whether the kernel shows them no more; false where it does not say where they are, or lets nobody write there.
 */
export function forgetSecrets(names: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  for (const name of names) Reflect.deleteProperty(env, name);
  if (process.platform !== 'linux') return false;
  try {
    overwrite(names);
    return true;
  } catch {
    return false;
  }
}

/** Writes zeros over the values, in the memory that the kernel shows. */
function overwrite(names: readonly string[]): void {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [Number(fields[ENV_START]), Number(fields[ENV_END])];
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    const block = Buffer.alloc(end - start);
    readSync(memory, block, 0, block.length, start);
    for (let at = 0; at < block.length;) {
      const until = block.indexOf(0, at) < 0 ? block.length : block.indexOf(0, at);
      const entry = block.toString('utf8', at, until);
      const name = names.find((candidate) => entry.startsWith(`${candidate}=`));
      if (name !== undefined) {
        const value = at + name.length + 1;
        writeSync(memory, Buffer.alloc(until - value), 0, until - value, start + value);
      }
      at = until + 1;
    }
  } finally {
    closeSync(memory);
  }
}
