import pTimeout from 'p-timeout';

/** Whether a look at another service succeeds within this time. A look that never ends is not waited for any longer. */
export async function answersWithin(look: Promise<unknown>, withinMs: number): Promise<boolean> {
  try {
    return await pTimeout(
      look.then(() => true),
      { milliseconds: withinMs, fallback: () => false },
    );
  } catch {
    return false;
  }
}
