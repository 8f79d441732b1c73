import { useState } from 'preact/hooks';
import type { ExportStatus } from '../api/types.ts';
import { Block } from '../controls/Block.tsx';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Notice } from '../controls/Notice.tsx';
import { Question } from '../controls/Question.tsx';
import { isFinal } from '../export/running.ts';
import type { SettingsEditor } from '../form/use-settings.ts';
import { usePage } from '../page-context.ts';
import { type Action, useKeyedAction } from '../use-action.ts';
import { SaveNotices } from './SaveNotices.tsx';

interface ActionsBlockProps {
  editor: SettingsEditor;
  preview: Action<[]>;
  current: ExportStatus | null;
  /** Reads how the export stands now. */
  onChanged: () => Promise<unknown>;
}

export function ActionsBlock({ editor, preview, current, onChanged }: ActionsBlockProps) {
  const { api, text } = usePage();
  const { actions: words } = text;
  const [asked, setAsked] = useState<'start' | 'stop' | null>(null);
  const running = current && !isFinal(current) ? current : null;

  const start = useKeyedAction(async (key) => {
    setAsked(null);
    try {
      await api.start(key);
    } finally {
      // Also after a refusal: "already running" is best answered by showing what runs.
      await onChanged();
    }
  }, editor.actions);
  const stop = useKeyedAction(async (key, exportId: string) => {
    setAsked(null);
    await api.stop(exportId, key);
    await onChanged();
  }, editor.actions);

  const saveAndStart = async () => {
    setAsked(null);
    if (await editor.save.run()) await start.run();
  };

  return (
    <Block title={words.title}>
      <div class="sse-row">
        <Button kind="primary" onClick={() => void editor.save.run()} isPending={editor.save.isPending}>
          {words.save}
        </Button>
        <Button onClick={() => void preview.run()} isPending={preview.isPending}>
          {words.preview}
        </Button>
        {running ? (
          <Button
            kind="danger"
            disabled={running.state === 'stopping'}
            isPending={stop.isPending}
            onClick={() => setAsked('stop')}
          >
            {words.stop}
          </Button>
        ) : (
          <Button
            kind="primary"
            isPending={start.isPending}
            onClick={() => (editor.isDirty ? setAsked('start') : void start.run())}
          >
            {words.start}
          </Button>
        )}
        {editor.isDirty && (
          <Button kind="link" onClick={editor.undo}>
            {words.undo}
          </Button>
        )}
        <span class="sse-hint" role="status">
          {editor.isDirty ? words.dirty : ''}
        </span>
      </div>

      {asked === 'start' && !running && (
        <Question text={words.startDirty} onCancel={() => setAsked(null)}>
          <Button kind="primary" onClick={() => void saveAndStart()}>
            {words.saveAndStart}
          </Button>
          <Button onClick={() => void start.run()}>{words.startSaved}</Button>
          <Button kind="link" onClick={() => setAsked(null)}>
            {text.common.cancel}
          </Button>
        </Question>
      )}
      {asked === 'stop' && running && (
        <Question text={words.stopAsk} onCancel={() => setAsked(null)}>
          <Button kind="danger" onClick={() => void stop.run(running.exportId)}>
            {words.stopYes}
          </Button>
          <Button onClick={() => setAsked(null)}>{words.stopNo}</Button>
        </Question>
      )}
      {running?.state === 'stopping' && <Notice kind="info">{words.stopAsked}</Notice>}
      <SaveNotices editor={editor} />
      <ErrorNotice error={start.error} onRetry={() => void start.run()} />
      <ErrorNotice error={stop.error} />
      <ErrorNotice error={preview.error} />
    </Block>
  );
}
