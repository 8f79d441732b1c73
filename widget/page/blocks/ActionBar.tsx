import { useMemo, useState } from 'preact/hooks';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Question } from '../controls/Question.tsx';
import type { MainAction } from '../export/main-action.ts';
import { isFinal } from '../export/running.ts';
import type { ExportActions } from '../export/use-export-actions.ts';
import type { WatchedStatus } from '../export/use-status.ts';
import type { SettingsEditor } from '../form/use-settings.ts';
import { usePage } from '../page-context.ts';
import { type Action, useAction } from '../use-action.ts';
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
  const { api, text, formats } = usePage();
  const { actions: words } = text;
  /** What must be answered before it starts: which settings, or whether to send that many calls again. */
  const [asked, setAsked] = useState<{ about: 'settings' } | { about: 'repeats'; calls: number } | null>(null);
  const { current, isStarting } = status;
  const isIdle = !isStarting && (current === null || isFinal(current));
  const kind = (action: MainAction) => (main === action ? 'primary' : 'plain');

  // A question that was answered heals no other action's error.
  const asking = useMemo(() => ({ join: editor.actions.join, forgetErrors: () => undefined }), [editor.actions]);
  const begin = useAction(async (isReExport: boolean) => {
    setAsked(null);
    const { calls } = isReExport ? await api.repeats() : { calls: 0 };
    if (calls > 0) setAsked({ about: 'repeats', calls });
    else onStart();
  }, asking);
  const startSaved = () => void begin.run(editor.saved.settings.reExport);
  const saveAndStart = async () => {
    setAsked(null);
    const { reExport } = editor.form;
    if (await editor.save.run()) await begin.run(reExport);
  };
  const startRepeats = () => {
    setAsked(null);
    onStart();
  };
  const saveAndResume = async () => {
    if (current && (await editor.save.run())) await actions.resume.run(current.exportId);
  };

  return (
    <section class="sse-action-bar" aria-label={words.title}>
      <div class="sse-action-bar__notices">
        {asked?.about === 'settings' && isIdle && (
          <Question text={words.startDirty} onCancel={() => setAsked(null)}>
            <Button kind="primary" onClick={() => void saveAndStart()}>
              {words.saveAndStart}
            </Button>
            <Button onClick={startSaved}>{words.startSaved}</Button>
            <Button kind="link" onClick={() => setAsked(null)}>
              {text.common.cancel}
            </Button>
          </Question>
        )}
        {asked?.about === 'repeats' && isIdle && (
          <Question text={formats.plural(words.repeatAsk, asked.calls)} onCancel={() => setAsked(null)}>
            <Button kind="primary" onClick={startRepeats}>
              {words.repeatYes}
            </Button>
            <Button onClick={() => setAsked(null)}>{text.common.cancel}</Button>
          </Question>
        )}
        <ErrorNotice error={begin.error} onRetry={startSaved} />
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
          kind={asked ? 'plain' : kind('save')}
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
            kind={asked ? 'plain' : kind('start')}
            isPending={actions.start.isPending || begin.isPending}
            onClick={() => (editor.isDirty ? setAsked({ about: 'settings' }) : startSaved())}
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
