import { useState } from 'preact/hooks';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Question } from '../controls/Question.tsx';
import type { MainAction } from '../export/main-action.ts';
import { isFinal } from '../export/running.ts';
import type { ExportActions } from '../export/use-export-actions.ts';
import type { WatchedStatus } from '../export/use-status.ts';
import type { SettingsEditor } from '../form/use-settings.ts';
import { usePage } from '../page-context.ts';
import type { Action } from '../use-action.ts';
import { SaveNotices } from './SaveNotices.tsx';

interface ActionBarProps {
  editor: SettingsEditor;
  preview: Action<[]>;
  status: WatchedStatus;
  actions: ExportActions;
  main: MainAction;
  onStart: () => void;
}

/** Save, calculate, start: always in view. While an export runs, there is no Start; Stop is where its state is. */
export function ActionBar({ editor, preview, status, actions, main, onStart }: ActionBarProps) {
  const { text } = usePage();
  const { actions: words } = text;
  const [isAsked, setAsked] = useState(false);
  const { current, isStarting } = status;
  const isIdle = !isStarting && (current === null || isFinal(current));
  const kind = (action: MainAction) => (main === action ? 'primary' : 'plain');

  const start = () => {
    setAsked(false);
    onStart();
  };
  const saveAndStart = async () => {
    setAsked(false);
    if (await editor.save.run()) onStart();
  };
  const saveAndResume = async () => {
    if (current && (await editor.save.run())) await actions.resume.run(current.exportId);
  };

  return (
    <section class="sse-action-bar" aria-label={words.title}>
      <div class="sse-action-bar__notices">
        {isAsked && isIdle && (
          <Question text={words.startDirty} onCancel={() => setAsked(false)}>
            <Button kind="primary" onClick={() => void saveAndStart()}>
              {words.saveAndStart}
            </Button>
            <Button onClick={start}>{words.startSaved}</Button>
            <Button kind="link" onClick={() => setAsked(false)}>
              {text.common.cancel}
            </Button>
          </Question>
        )}
        <SaveNotices editor={editor} />
        <ErrorNotice error={actions.start.error} onRetry={onStart} />
        <ErrorNotice error={preview.error} />
      </div>
      <div class="sse-row">
        {main === 'save-and-resume' && (
          <Button kind="primary" onClick={() => void saveAndResume()} isPending={actions.resume.isPending}>
            {words.saveAndResume}
          </Button>
        )}
        <Button
          kind={isAsked ? 'plain' : kind('save')}
          onClick={() => void editor.save.run()}
          isPending={editor.save.isPending}
        >
          {words.save}
        </Button>
        <Button kind={kind('preview')} onClick={() => void preview.run()} isPending={preview.isPending}>
          {words.preview}
        </Button>
        {isIdle && (
          <Button
            kind={kind('start')}
            isPending={actions.start.isPending}
            onClick={() => (editor.isDirty ? setAsked(true) : start())}
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
          {editor.isDirty ? words.dirty : editor.outcome === 'saved' ? words.saved : ''}
        </span>
      </div>
    </section>
  );
}
