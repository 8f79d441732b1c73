import type { ExportStatus } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { usePage } from '../page-context.ts';
import { type Dictionary, fill } from '../text/dictionary.ts';
import { useKeyedAction } from '../use-action.ts';
import { CONNECTION_BLOCK_ID } from './ConnectionBlock.tsx';

/** Somebody must act: what to do, and the buttons for it. */
export function BlockedNotice({ current, onResumed }: { current: ExportStatus; onResumed: () => Promise<unknown> }) {
  const { api, text } = usePage();
  const resume = useKeyedAction(async (key, exportId: string) => {
    await api.resume(exportId, key);
    await onResumed();
  });
  const code = current.blockedBy ?? '';
  const toConnection = () => {
    const block = document.getElementById(CONNECTION_BLOCK_ID);
    block?.scrollIntoView({ block: 'start' });
    block?.querySelector('input')?.focus();
  };
  return (
    <div class="sse-notice sse-notice_error" role="alert">
      <p>{whatToDo(text, code)}</p>
      <div class="sse-row">
        {(code.startsWith('speechsense_') || code === 'secret_unreadable') && (
          <Button onClick={toConnection}>{text.progress.toConnection}</Button>
        )}
        <Button kind="primary" onClick={() => void resume.run(current.exportId)} isPending={resume.isPending}>
          {text.progress.resume}
        </Button>
      </div>
      <ErrorNotice error={resume.error} />
    </div>
  );
}

function whatToDo({ blocked }: Dictionary, code: string): string {
  const sentences: Record<string, string> = blocked;
  const sentence = Object.hasOwn(sentences, code) ? sentences[code] : undefined;
  if (sentence !== undefined) return sentence;
  return code.startsWith('amocrm_') ? blocked.amocrm : fill(blocked.other, { code });
}
