import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionGroup } from './action-group.ts';
import { type ApiError, toApiError } from './api/api-error.ts';
import { newIdempotencyKey } from './api/idempotency-key.ts';

export interface Action<Args extends unknown[]> {
  /**
   * Answers whether it worked. Does nothing while an earlier run is under way: a double click is one request.
   */
  run: (...args: Args) => Promise<boolean>;
  isPending: boolean;
  error: ApiError | null;
}

/** Something that a button does: at most once at a time, with its error kept to be shown until that is past. */
export function useAction<Args extends unknown[]>(
  work: (...args: Args) => Promise<void>,
  group?: ActionGroup,
): Action<Args> {
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const isBusy = useRef(false);
  useEffect(() => group?.join(() => setError(null)), [group]);

  const run = async (...args: Args) => {
    if (isBusy.current) return false;
    isBusy.current = true;
    setPending(true);
    setError(null);
    try {
      await work(...args);
      group?.forgetErrors();
      return true;
    } catch (failure) {
      setError(toApiError(failure));
      return false;
    } finally {
      isBusy.current = false;
      setPending(false);
    }
  };
  return { run, isPending, error };
}

/**
 * An action whose request carries an Idempotency-Key. While it stays open whether the request arrived, the next try
 * with the same arguments carries the same key: it can start nothing twice.
 */
export function useKeyedAction<Args extends unknown[]>(
  work: (key: string, ...args: Args) => Promise<void>,
  group?: ActionGroup,
): Action<Args> {
  const open = useRef<{ key: string; args: string } | null>(null);
  return useAction(async (...args: Args) => {
    const wanted = JSON.stringify(args);
    if (open.current?.args !== wanted) open.current = { key: newIdempotencyKey(), args: wanted };
    try {
      await work(open.current.key, ...args);
      open.current = null;
    } catch (failure) {
      const error = toApiError(failure);
      if (!error.isOutcomeUnknown) open.current = null;
      throw error;
    }
  }, group);
}
