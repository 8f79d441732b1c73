import type { Stage } from './stage.ts';

/** The hashes of the recordings as their telephony serves them, one for each call that has a recording. */
export async function recordingsOf({ sandbox }: Stage): Promise<Set<string>> {
  const { world, telephony } = sandbox;
  const recorded = world.calls.filter(({ format, hasLink }) => format !== null && hasLink);
  return new Set(
    await Promise.all(
      recorded.map(({ worldId, format, talkSeconds }) =>
        telephony.recordingSha256({ worldId, format: format ?? 'mp3', talkSeconds }),
      ),
    ),
  );
}
