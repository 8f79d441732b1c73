import { readFile } from 'node:fs/promises';

import { mp3Maker } from './mp3.ts';
import { oggOpusMaker } from './ogg-opus.ts';
import type { PlainRecording, RecordingFile } from './recording.ts';
import { wavMaker } from './wav.ts';

/**
 * Makes recordings: playable, two channels, the same bytes for the same recording and other bytes for another.
 * @throws RangeError for a size that its format can't have
 */
export type RecordingMaker = (recording: PlainRecording) => RecordingFile;

/** Loads the fixtures; see fixtures/README.md for how they were made. */
export async function createRecordingMaker(): Promise<RecordingMaker> {
  const makers = {
    mp3: mp3Maker(await fixture('two-voices.mp3')),
    ogg: oggOpusMaker(await fixture('two-voices.opus')),
    wav: wavMaker(),
  };
  return (recording) => makers[recording.format](recording);
}

function fixture(name: string): Promise<Buffer> {
  return readFile(new URL(`./fixtures/${name}`, import.meta.url));
}
