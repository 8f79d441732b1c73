// Bundles of a clone's sources that are made once and used until the sources change. They lie in node_modules/.cache, so
// that a new install of the dependencies takes them away. Plain JavaScript with Node built-ins only: it decides whether
// anything else has to be loaded.
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const DAY_MS = 86_400_000;
/** The clock of the file system may lag that much behind ours. */
const CLOCK_LAG_MS = 50;

/**
 * The folder of a bundle that fits the sources as they are now; it is made when there is none. Processes that start at
 * once may each make one: a bundle appears under its name only when it is whole.
 *
 * @param {string} root of the clone.
 * @param {string} name of the bundle.
 * @param {(folder: string) => Promise<string[]>} make writes the bundle into an empty folder and answers the files, relative
 *   to the root, that it was made of.
 * @returns {Promise<string>}
 */
export async function keptBundle(root, name, make) {
  const cache = path.join(root, 'node_modules', '.cache', 'speechsense-export');
  const note = path.join(cache, `${name}.json`);
  const kept = readNote(note);
  if (kept && isFresh(root, cache, kept)) return path.join(cache, kept.folder);

  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, `${name}-`));
  // Another user of the machine may run it, too.
  chmodSync(folder, 0o755);
  const startedAt = Date.now();
  try {
    const files = [...(await make(folder)), 'package-lock.json'];
    const marks = Object.fromEntries(files.map((file) => [file, mark(path.join(root, file))]));
    // A source that changed meanwhile may have been read before: this run uses the bundle, the next one makes its own.
    const isSettled = Object.values(marks).every(({ changedAt }) => changedAt < startedAt - CLOCK_LAG_MS);
    if (isSettled) {
      const draft = path.join(folder, 'note.json');
      writeFileSync(draft, JSON.stringify({ folder: path.basename(folder), marks }));
      renameSync(draft, note);
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  removeOld(cache, name, folder);
  return folder;
}

function readNote(note) {
  try {
    return JSON.parse(readFileSync(note, 'utf8'));
  } catch {
    return undefined;
  }
}

function isFresh(root, cache, { folder, marks }) {
  try {
    accessSync(path.join(cache, folder), constants.R_OK | constants.X_OK);
    return Object.entries(marks).every(([file, kept]) => {
      const now = mark(path.join(root, file));
      return now.size === kept.size && now.changedAt === kept.changedAt;
    });
  } catch {
    return false;
  }
}

/** The time of the change, unlike that of the content, cannot be set back by a copy or a checkout. */
function mark(file) {
  const { size, ctimeMs } = statSync(file);
  return { size, changedAt: ctimeMs };
}

/** Not those of today: a process that began with one may load the rest of it later. */
function removeOld(cache, name, folder) {
  for (const entry of readdirSync(cache)) {
    const other = path.join(cache, entry);
    if (!entry.startsWith(`${name}-`) || other === folder) continue;
    try {
      if (Date.now() - statSync(other).mtimeMs > DAY_MS) rmSync(other, { recursive: true, force: true });
    } catch (error) {
      // Another process has just removed it.
      if (error.code !== 'ENOENT') throw error;
    }
  }
}
