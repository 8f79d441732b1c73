import { useEffect, useRef } from 'preact/hooks';
import type { SavedSettings, Status } from './api/types.ts';
import { ActionsBlock } from './blocks/ActionsBlock.tsx';
import { ConnectionBlock } from './blocks/ConnectionBlock.tsx';
import { FiltersBlock } from './blocks/FiltersBlock.tsx';
import { HistoryBlock } from './blocks/HistoryBlock.tsx';
import { MappingBlock } from './blocks/MappingBlock.tsx';
import { PreviewBlock } from './blocks/PreviewBlock.tsx';
import { ProgressBlock } from './blocks/ProgressBlock.tsx';
import { usePreview } from './export/use-preview.ts';
import { FormContext } from './form/form-context.ts';
import { useSettings } from './form/use-settings.ts';
import { usePage } from './page-context.ts';
import { type Loaded, useLoaded } from './use-loaded.ts';

interface SettingsPageProps {
  initial: SavedSettings;
  status: Loaded<Status>;
}

/** The form in the order of the page that Yandex's own app has, then what this one has beside it. */
export function SettingsPage({ initial, status }: SettingsPageProps) {
  const { api, locale } = usePage();
  const editor = useSettings(initial);
  const preview = usePreview(editor);
  // Both change when the account is connected again.
  const key = status.value?.account.state ?? '';
  const users = useLoaded(async () => (await api.users()).users, key);
  const fields = useLoaded(() => api.fields(), key);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (editor.problems.length > 0) root.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [editor.problems.length > 0]);

  const current = status.value?.export ?? null;
  const problemAt = (path: string) => editor.problems.find(({ field }) => field === path)?.message[locale];
  return (
    <FormContext.Provider
      value={{
        form: editor.form,
        change: editor.change,
        problemAt,
        stored: editor.saved.connection,
        actions: editor.actions,
      }}
    >
      <div ref={root}>
        <ConnectionBlock />
        <FiltersBlock users={users} timeZone={status.value?.account.timeZone ?? ''} />
        <MappingBlock fields={fields} />
        <ActionsBlock editor={editor} preview={preview.start} current={current} onChanged={status.reload} />
        <PreviewBlock preview={preview} />
        <ProgressBlock current={current} error={status.error} onChanged={status.reload} />
        <HistoryBlock current={current} onChanged={status.reload} />
      </div>
    </FormContext.Provider>
  );
}
