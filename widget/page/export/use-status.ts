import { useEffect } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { usePage, useTick } from '../page-context.ts';
import { type Loaded, useLoaded } from '../use-loaded.ts';
import { isFinal } from './running.ts';

/**
 * How the account and its export stand: asked again at every tick while an export runs, and when the user comes back to
 * the page.
 */
export function useStatus(): Loaded<Status> {
  const { api } = usePage();
  const loaded = useLoaded(() => api.status(), '');
  const { value, error, reload } = loaded;
  const running = value?.export && !isFinal(value.export);
  // An export that could not be asked for may be running.
  useTick(Boolean(running) || error?.isOutcomeUnknown === true, reload);

  useEffect(() => {
    const onReturn = () => {
      if (document.visibilityState === 'visible') void reload();
    };
    document.addEventListener('visibilitychange', onReturn);
    return () => document.removeEventListener('visibilitychange', onReturn);
  }, [reload]);

  return loaded;
}
