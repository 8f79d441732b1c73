import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Notice } from '../controls/Notice.tsx';
import type { SettingsEditor } from '../form/use-settings.ts';
import { usePage } from '../page-context.ts';

/** What became of saving. */
export function SaveNotices({ editor }: { editor: SettingsEditor }) {
  const { text } = usePage();
  const { actions: words } = text;
  return (
    <>
      {editor.isStale ? (
        <Notice kind="warning">
          <p>{words.stale}</p>
          <Button onClick={() => void editor.reload.run()} isPending={editor.reload.isPending}>
            {words.reload}
          </Button>
        </Notice>
      ) : (
        <ErrorNotice error={editor.save.error} onRetry={() => void editor.save.run()} />
      )}
      <ErrorNotice error={editor.reload.error} />
      {editor.outcome === 'reloaded' && <Notice kind="info">{words.reloaded}</Notice>}
    </>
  );
}

/** What the server remarked on the settings as they are saved. */
export function SavedWarnings({ editor }: { editor: SettingsEditor }) {
  const { locale } = usePage();
  return (
    <>
      {editor.warnings.map((warning) => (
        <Notice key={warning.en} kind="warning">
          {warning[locale]}
        </Notice>
      ))}
    </>
  );
}
