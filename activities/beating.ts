import { Context } from '@temporalio/activity';

const BEAT_MS = 2_000;

/**
 * The same activities, each with a heartbeat while it runs: through it a stop reaches a step that is waiting for its
 * turn at amoCRM, and a step whose worker died is soon given to another one.
 */
export function beating<T extends Record<string, (input: never) => Promise<unknown>>>(activities: T): T {
  const entries = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      const context = Context.current();
      const timer = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        return await activity(input);
      } finally {
        clearInterval(timer);
      }
    },
  ]);
  // The shape is kept entry by entry, which the type of fromEntries cannot say.
  return Object.fromEntries(entries) as T;
}
