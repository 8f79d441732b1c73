import { useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';
import type { Preview, Settings } from '../api/types.ts';
import { settingsOf, withoutEmptyLines } from '../form/form.ts';
import type { SettingsEditor } from '../form/use-settings.ts';
import { usePage, useTick } from '../page-context.ts';
import { type Action, useAction } from '../use-action.ts';

export interface PreviewRun {
  start: Action<[]>;
  /** Null before the first one was asked for. */
  result: Preview | null;
  isCounting: boolean;
  /** The form says something else than what was counted. */
  isOutdated: boolean;
  /** The last question how it stands got no answer. */
  isUnreached: boolean;
}

/** What an export with the form's values would send; they need not be saved. */
export function usePreview({ form, report, actions }: Pick<SettingsEditor, 'form' | 'report' | 'actions'>): PreviewRun {
  const { api } = usePage();
  const [exportId, setExportId] = useState<string | null>(null);
  const [counted, setCounted] = useState<Settings | null>(null);
  const [result, setResult] = useState<Preview | null>(null);
  const [isUnreached, setUnreached] = useState(false);
  const settings = settingsOf(withoutEmptyLines(form));

  const start = useAction(async () => {
    setResult(null);
    setExportId(null);
    try {
      const started = await api.startPreview(settings);
      setCounted(settings);
      setExportId(started.exportId);
      setResult(await api.preview(started.exportId));
    } catch (failure) {
      if (failure instanceof ApiError) report(failure);
      throw failure;
    }
  }, actions);

  const isCounting = start.isPending || (exportId !== null && (result === null || result.state === 'planning'));
  useTick(isCounting && exportId !== null, async () => {
    if (exportId === null) return true;
    try {
      setResult(await api.preview(exportId));
      setUnreached(false);
      return true;
    } catch {
      setUnreached(true);
      return false;
    }
  });

  const isOutdated = counted !== null && JSON.stringify(settings) !== JSON.stringify(counted);
  return { start, result, isCounting, isOutdated, isUnreached };
}
