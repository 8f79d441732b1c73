import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api/api-error.ts';

export interface Loaded<Value> {
  /** The last one that came, also while a newer one is under way. */
  value: Value | null;
  error: ApiError | null;
  isLoading: boolean;
  /** Answers whether it was reached. */
  reload: () => Promise<boolean>;
}

/** A value read from the server: when `key` changes, and on demand. An answer that a later one has overtaken is dropped. */
export function useLoaded<Value>(read: () => Promise<Value>, key: string): Loaded<Value> {
  const [value, setValue] = useState<Value | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isLoading, setLoading] = useState(true);
  const newest = useRef(read);
  newest.current = read;
  const asked = useRef(0);

  const reload = useCallback(async () => {
    const turn = ++asked.current;
    setLoading(true);
    try {
      const answer = await newest.current();
      if (turn === asked.current) {
        setValue(() => answer);
        setError(null);
      }
      return true;
    } catch (failure) {
      if (turn === asked.current) setError(toApiError(failure));
      return false;
    } finally {
      if (turn === asked.current) setLoading(false);
    }
  }, []);

  useEffect(() => {
    void reload();
    return () => {
      asked.current++;
    };
  }, [reload, key]);

  return { value, error, isLoading, reload };
}
