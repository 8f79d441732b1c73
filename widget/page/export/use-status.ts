import { useEffect, useState } from 'preact/hooks';
import type { ExportStatus, Status } from '../api/types.ts';
import { usePage, useTick } from '../page-context.ts';
import { type Loaded, useLoaded } from '../use-loaded.ts';
import { isFinal } from './running.ts';

/** What a button has just asked for. It is shown at once, before the server tells it. */
type Expected =
  /** @param after the export that was the last one then: another one in the status is the expected one. */
  { kind: 'starting'; after: string | null } | { kind: 'stopping'; exportId: string };

export interface WatchedStatus extends Loaded<Status> {
  /** The running export, else the last one, with what is expected of it. Null while a new one begins. */
  current: ExportStatus | null;
  isStarting: boolean;
  /** @param expected null: it was refused. */
  expect: (expected: Expected | null) => void;
}

/**
 * How the account and its export stand: asked again at every tick while an export runs, and when the user comes back to
 * the page.
 */
export function useStatus(): WatchedStatus {
  const { api } = usePage();
  const loaded = useLoaded(() => api.status(), '');
  const [expected, expect] = useState<Expected | null>(null);
  const { value, error, reload } = loaded;
  const last = value?.export ?? null;
  const isStarting = expected?.kind === 'starting' && (last?.exportId ?? null) === expected.after;
  const isRunning = last !== null && !isFinal(last);
  // An export that could not be asked for may be running.
  useTick(isStarting || isRunning || error?.isOutcomeUnknown === true, reload);

  useEffect(() => {
    const onReturn = () => {
      if (document.visibilityState === 'visible') void reload();
    };
    document.addEventListener('visibilitychange', onReturn);
    return () => document.removeEventListener('visibilitychange', onReturn);
  }, [reload]);

  return { ...loaded, current: isStarting ? null : last && asExpected(last, expected), isStarting, expect };
}

/** A stop that was asked for stays asked for until the export is over, also while the server does not tell it yet. */
function asExpected(last: ExportStatus, expected: Expected | null): ExportStatus {
  const isStopping = expected?.kind === 'stopping' && expected.exportId === last.exportId && !isFinal(last);
  return isStopping ? { ...last, state: 'stopping', etaSeconds: null } : last;
}
