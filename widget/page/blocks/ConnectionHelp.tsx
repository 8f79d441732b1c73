import { useRef, useState } from 'preact/hooks';
import type { ConnectionKey } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { useForm } from '../form/form-context.ts';
import { withoutEmptyLines } from '../form/form.ts';
import { usePage } from '../page-context.ts';
import { useAction } from '../use-action.ts';

/** The steps in Yandex Cloud, with the keys that the connection needs for this mapping. */
export function ConnectionHelp() {
  const { api, text, locale } = usePage();
  const { form, actions } = useForm();
  const { connection: words } = text;
  const [keys, setKeys] = useState<ConnectionKey[] | null>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);

  const list = useAction(async () => {
    setCopied(null);
    setKeys((await api.connectionKeys(withoutEmptyLines(form).mapping)).keys);
  }, actions);
  const lines = (keys ?? []).map(
    ({ key, title, standard }) => `${key} — ${title[locale]}${standard ? ` (${words.keyIsThere})` : ''}`,
  );
  const copy = async () => {
    box.current?.select();
    try {
      await navigator.clipboard.writeText(lines.join('\n'));
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };

  return (
    <details class="sse-details">
      <summary>{words.help}</summary>
      <ol class="sse-steps">
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h3 class="sse-subtitle">{words.keys}</h3>
      <p class="sse-hint">{words.keysHint}</p>
      <Button onClick={() => void list.run()} isPending={list.isPending}>
        {words.showKeys}
      </Button>
      <ErrorNotice error={list.error} />
      {keys && (
        <div class="sse-keys">
          <textarea
            ref={box}
            class="sse-input sse-textarea"
            readOnly
            rows={Math.min(lines.length, 12)}
            aria-label={words.keys}
            value={lines.join('\n')}
          />
          <Button onClick={() => void copy()}>{words.copy}</Button>
          <span role="status" class="sse-hint">
            {copied === null ? '' : copied ? words.copied : words.notCopied}
          </span>
        </div>
      )}
    </details>
  );
}
