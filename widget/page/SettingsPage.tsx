import { useEffect, useRef } from 'preact/hooks';
import type { SavedSettings } from './api/types.ts';
import { ActionBar } from './blocks/ActionBar.tsx';
import { ConnectionBlock } from './blocks/ConnectionBlock.tsx';
import { FiltersBlock } from './blocks/FiltersBlock.tsx';
import { HistoryBlock } from './blocks/HistoryBlock.tsx';
import { MappingBlock } from './blocks/MappingBlock.tsx';
import { PreviewBlock } from './blocks/PreviewBlock.tsx';
import { SavedWarnings } from './blocks/SaveNotices.tsx';
import { StatusBlock } from './blocks/StatusBlock.tsx';
import { mainAction } from './export/main-action.ts';
import { useExportActions } from './export/use-export-actions.ts';
import { usePreview } from './export/use-preview.ts';
import type { WatchedStatus } from './export/use-status.ts';
import { FormContext } from './form/form-context.ts';
import { sectionId, type SectionName, SECTIONS, useSections } from './form/use-sections.ts';
import { useSettings } from './form/use-settings.ts';
import { usePage } from './page-context.ts';
import { useLoaded } from './use-loaded.ts';

interface SettingsPageProps {
  initial: SavedSettings;
  status: WatchedStatus;
}

/** The state first, then the form in the order of the page that Yandex's own app has, then the history. */
export function SettingsPage({ initial, status }: SettingsPageProps) {
  const { api, locale } = usePage();
  const editor = useSettings(initial);
  const preview = usePreview(editor);
  const actions = useExportActions(status, editor.actions);
  const sections = useSections(initial.version === 0 ? SECTIONS : initial.connection ? [] : ['connection']);
  const account = status.value?.account;
  // Both change when the account is connected again.
  const key = account?.state ?? '';
  const users = useLoaded(async () => (await api.users()).users, key);
  const fields = useLoaded(() => api.fields(), key);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (editor.problems.length > 0) root.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [editor.problems.length > 0]);

  const version = status.value?.settingsVersion ?? 0;
  useEffect(() => {
    // A start spends the re-export, and another administrator may have saved.
    if (version > editor.saved.version && !editor.isDirty && !editor.save.isPending) void editor.refresh();
  }, [version]);

  const isConnected = editor.saved.connection !== null;
  const main = mainAction({
    account: account?.state ?? 'active',
    current: status.current,
    isStarting: status.isStarting,
    isDirty: editor.isDirty,
    isConnected,
    isCounted: preview.result !== null,
  });
  const start = () => {
    preview.forget();
    editor.forgetOutcome();
    sections.foldAll();
    void actions.start.run();
  };
  const toConnection = () => {
    sections.open('connection');
    // The fields are there once the section is drawn open.
    requestAnimationFrame(() => {
      const block = document.getElementById(sectionId('connection'));
      block?.scrollIntoView({ block: 'start' });
      block?.querySelector('input')?.focus();
    });
  };
  const sectionOf = (name: SectionName) => ({
    id: sectionId(name),
    // What is wrong in a section must be seen.
    isOpen:
      sections.isOpen(name) || editor.problems.some(({ field }) => PARTS[name].some((at) => field.startsWith(at))),
    onToggle: () => sections.toggle(name),
  });
  const isTyped = editor.form.connectionId.trim() !== '' && editor.form.apiKey.trim() !== '';
  const firstSteps = isConnected && !editor.isDirty ? 2 : isConnected || isTyped ? 1 : 0;

  const problemAt = (path: string) => editor.problems.find(({ field }) => field === path)?.message[locale];
  return (
    <FormContext.Provider
      value={{
        form: editor.form,
        change: editor.change,
        problemAt,
        stored: editor.saved.connection,
        isDirty: editor.isDirty,
        actions: editor.actions,
      }}
    >
      <div ref={root}>
        <StatusBlock
          status={status}
          actions={actions}
          firstSteps={firstSteps}
          isMendingMain={main === 'mend'}
          toConnection={toConnection}
        />
        <SavedWarnings editor={editor} />
        <ConnectionBlock section={sectionOf('connection')} />
        <FiltersBlock section={sectionOf('filters')} users={users} timeZone={account?.timeZone ?? ''} />
        <MappingBlock section={sectionOf('mapping')} fields={fields} />
        <PreviewBlock preview={preview} timeZone={account?.timeZone ?? ''} />
        <HistoryBlock status={status} users={users.value ?? []} retry={actions.retry} />
        <ActionBar
          editor={editor}
          preview={preview.start}
          status={status}
          actions={actions}
          main={main}
          onStart={start}
        />
      </div>
    </FormContext.Provider>
  );
}

/** The beginnings of the paths of each section's fields. */
const PARTS: Record<SectionName, readonly string[]> = {
  connection: ['connectionId', 'language', 'apiKey'],
  filters: ['period', 'users', 'groups', 'direction', 'reExport', 'talkSeconds'],
  mapping: ['mapping'],
};
