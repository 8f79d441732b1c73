// `npm run ffmpeg`: finds an ffmpeg for this clone, or fetches one by pip, and prints its path. Worker, backend and command
// line use it from then on where FFMPEG_PATH is not set and PATH has none.
import path from 'node:path';
import { exitCodeOf } from '../errors/outcome.ts';
import { findExportError } from '../errors/export-error.ts';
import { findFfmpeg } from './programs/ffmpeg.ts';

try {
  const projectRoot = path.dirname(import.meta.dirname);
  console.log(await findFfmpeg({ projectRoot, env: process.env, say: (line) => console.error(line) }));
} catch (error) {
  console.error(findExportError(error)?.message ?? error);
  process.exit(exitCodeOf(error));
}
