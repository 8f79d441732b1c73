import { useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';
import type { Preview, Settings } from '../api/types.ts';
import { settingsOf, withoutEmptyLines } from '../form/form.ts';
import type { SettingsEditor } from '../form/use-settings.ts';
import { usePage, useTick } from '../page-context.ts';
import { type Action, useAction } from '../use-action.ts';

export interface PreviewRun {
  start: Action<[]>;
  /** Takes what was counted off the page: an export has begun. */
  forget: () => void;
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
  // A price changes nothing of what was counted.
  const withoutPrice = (all: Settings) => JSON.stringify({ ...all, price: null });

  // An answer to an earlier question, or to one that was forgotten, is dropped.
  const turn = useRef(0);

  const forget = () => {
    turn.current++;
    setResult(null);
    setExportId(null);
    setCounted(null);
    setUnreached(false);
  };

  const start = useAction(async () => {
    forget();
    const mine = turn.current;
    try {
      const started = await api.startPreview({ ...settings, price: null });
      if (mine !== turn.current) return;
      setCounted(settings);
      setExportId(started.exportId);
      const first = await api.preview(started.exportId);
      if (mine === turn.current) setResult(first);
    } catch (failure) {
      if (failure instanceof ApiError) report(failure);
      throw failure;
    }
  }, actions);

  const isCounting = start.isPending || (exportId !== null && (result === null || result.state === 'planning'));
  useTick(isCounting && exportId !== null, async () => {
    if (exportId === null) return true;
    const mine = turn.current;
    try {
      const next = await api.preview(exportId);
      if (mine === turn.current) {
        setResult(next);
        setUnreached(false);
      }
      return true;
    } catch {
      if (mine === turn.current) setUnreached(true);
      return false;
    }
  });

  const isOutdated = counted !== null && withoutPrice(settings) !== withoutPrice(counted);
  return { start, forget, result, isCounting, isOutdated, isUnreached };
}
