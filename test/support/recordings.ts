import type { Stage } from './stage.ts';

/** The hashes of the recordings as their telephony serves them, one for each call that has a recording. */
export async function recordingsOf(stage: Stage): Promise<Set<string>> {
  return new Set((await recordedCallsOf(stage)).keys());
}

/** The same with the notes of the call that each recording is of. */
export async function recordedCallsOf({ sandbox }: Stage): Promise<Map<string, readonly number[]>> {
  const { world, telephony } = sandbox;
  const recorded = world.calls.filter(({ format, hasLink }) => format !== null && hasLink);
  return new Map(
    await Promise.all(
      recorded.map(async ({ worldId, format, talkSeconds, noteIds }) => {
        const hash = await telephony.recordingSha256({ worldId, format: format ?? 'mp3', talkSeconds });
        return [hash, noteIds] as const;
      }),
    ),
  );
}
