import { useRef, useState } from 'preact/hooks';
import type { ConnectionOutcome } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Notice } from '../controls/Notice.tsx';
import { Section, type SectionPlace } from '../controls/Section.tsx';
import { Select } from '../controls/Select.tsx';
import { TextField } from '../controls/TextField.tsx';
import { connectionOf } from '../form/form.ts';
import { useForm } from '../form/form-context.ts';
import { connectionSummary } from '../form/summaries.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { useAction } from '../use-action.ts';
import { ConnectionHelp } from './ConnectionHelp.tsx';

/** The field that an error of SpeechSense is about. */
const WRONG_FIELDS: Readonly<Record<string, 'connectionId' | 'apiKey'>> = {
  speechsense_unauthenticated: 'apiKey',
  speechsense_connection_not_found: 'connectionId',
};

export function ConnectionBlock({ section }: { section: SectionPlace }) {
  const { api, text, locale, formats } = usePage();
  const { form, change, problemAt, stored, isDirty, actions } = useForm();
  const { connection: words } = text;
  const [outcome, setOutcome] = useState<ConnectionOutcome | null>(null);
  const checked = useRef('');

  const check = useAction(async () => {
    setOutcome(null);
    const { connectionId, ...rest } = connectionOf(form);
    checked.current = asTyped;
    setOutcome(await api.checkConnection({ ...rest, ...(connectionId === '' ? {} : { connectionId }) }));
  }, actions);
  const asTyped = JSON.stringify(connectionOf(form));

  const languages = [
    { value: 'ru-RU', title: words.languages.ru },
    { value: 'ru-RU, kk-KZ', title: words.languages.kk },
  ];
  // The command line can have set a language that the page does not offer: it is shown as it is.
  const isOffered = languages.some(({ value }) => value === form.language);
  const tail = stored?.apiKeyTail ?? '';
  // What was found of other values than those in the fields would mislead.
  const shown = outcome && checked.current === asTyped ? outcome : null;
  const wrongField = shown && !shown.ok ? WRONG_FIELDS[shown.code ?? ''] : undefined;

  return (
    <Section title={words.title} summary={connectionSummary(form, tail, { text, formats })} {...section}>
      <Select
        label={words.language}
        value={form.language}
        options={isOffered ? languages : [...languages, { value: form.language, title: form.language }]}
        onChange={(language) => change({ language })}
        problem={problemAt('language')}
      />
      <TextField
        label={words.connectionId}
        value={form.connectionId}
        onChange={(connectionId) => change({ connectionId })}
        hint={words.connectionIdHint}
        problem={problemAt('connectionId')}
        isWrong={wrongField === 'connectionId'}
      />
      <TextField
        label={words.apiKey}
        type="password"
        value={form.apiKey}
        placeholder={tail === '' ? undefined : `••••••••${tail}`}
        onChange={(apiKey) => change({ apiKey })}
        hint={tail === '' ? words.apiKeyHint : fill(words.apiKeyStored, { tail })}
        problem={problemAt('apiKey')}
        isWrong={wrongField === 'apiKey'}
      />
      <Button onClick={() => void check.run()} isPending={check.isPending}>
        {words.check}
      </Button>
      {shown && (
        <Notice kind={shown.ok ? 'success' : 'error'}>
          <p>
            {shown.message[locale]}
            {shown.ok && isDirty && ` ${words.saveChecked}`}
          </p>
          {!shown.ok && <p class="sse-hint">{fill(text.common.requestId, { id: shown.requestId })}</p>}
        </Notice>
      )}
      <ErrorNotice error={check.error} onRetry={() => void check.run()} />
      <ConnectionHelp />
    </Section>
  );
}
