import type { ActionGroup } from '../action-group.ts';
import type { RetryChoice } from '../api/types.ts';
import { usePage } from '../page-context.ts';
import { type Action, useKeyedAction } from '../use-action.ts';
import type { WatchedStatus } from './use-status.ts';

export interface ExportActions {
  start: Action<[]>;
  stop: Action<[exportId: string]>;
  resume: Action<[exportId: string]>;
  retry: Action<[exportId: string, choice: RetryChoice]>;
}

/** What begins, ends and continues an export. The page shows the new state at the press, not with the answer. */
export function useExportActions(status: WatchedStatus, group: ActionGroup): ExportActions {
  const { api } = usePage();
  const { expect, reload } = status;

  /** Reads the state anew also after a refusal: "already running" is best answered by showing what runs. */
  async function begin(ask: () => Promise<unknown>): Promise<void> {
    expect({ kind: 'starting', after: status.value?.export?.exportId ?? null });
    try {
      await ask();
    } catch (failure) {
      expect(null);
      throw failure;
    } finally {
      await reload();
    }
  }

  const start = useKeyedAction((key) => begin(() => api.start(key)), group);
  const retry = useKeyedAction((key, exportId: string, choice: RetryChoice) =>
    begin(() => api.retry(exportId, choice, key)),
  );
  const stop = useKeyedAction(async (key, exportId: string) => {
    expect({ kind: 'stopping', exportId });
    try {
      await api.stop(exportId, key);
    } catch (failure) {
      expect(null);
      throw failure;
    }
    await reload();
  }, group);
  const resume = useKeyedAction(async (key, exportId: string) => {
    await api.resume(exportId, key);
    await reload();
  }, group);
  return { start, stop, resume, retry };
}
