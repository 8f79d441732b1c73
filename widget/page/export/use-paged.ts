import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../api/api-error.ts';

interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface Paged<Item> {
  /** Null before the first page has come. */
  items: Item[] | null;
  error: ApiError | null;
  isLoading: boolean;
  /** Null when there is no further page. */
  more: (() => void) | null;
  retry: () => void;
}

/** A list that is read page by page, anew when `key` changes. */
export function usePaged<Item>(read: (cursor: string | undefined) => Promise<Page<Item>>, key: string): Paged<Item> {
  const [items, setItems] = useState<Item[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isLoading, setLoading] = useState(false);
  const turn = useRef(0);

  const load = async (cursor: string | undefined) => {
    const mine = ++turn.current;
    setLoading(true);
    setError(null);
    try {
      const page = await read(cursor);
      if (mine !== turn.current) return;
      setItems((before) => (cursor === undefined ? page.items : [...(before ?? []), ...page.items]));
      setNext(page.next);
    } catch (failure) {
      if (mine === turn.current) setError(toApiError(failure));
    } finally {
      if (mine === turn.current) setLoading(false);
    }
  };

  useEffect(() => {
    setNext(null);
    void load(undefined);
    return () => {
      turn.current++;
    };
  }, [key]);

  const retry = () => void load(next ?? undefined);
  return { items, error, isLoading, more: next === null ? null : retry, retry };
}
