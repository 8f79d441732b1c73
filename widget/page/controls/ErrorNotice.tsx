import type { ApiError } from '../api/api-error.ts';
import { isFormField } from '../form/form.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Button } from './Button.tsx';
import { Notice } from './Notice.tsx';

/** Refusals, beside those of fields, that whoever reads them deals with: the number of a request would tell nothing more. */
const NOT_FOR_SUPPORT = [
  'settings_stale',
  'connection_not_set',
  'export_already_running',
  'nothing_to_retry',
  'not_an_administrator',
  'too_many_requests',
];

/** What went wrong, in the server's words; what it says of the form's fields stands at the fields. */
export function ErrorNotice({ error, onRetry }: { error: ApiError | null; onRetry?: () => void }) {
  const { text, locale } = usePage();
  if (!error) return null;
  const elsewhere = error.problems.filter(({ field }) => !isFormField(field));
  const isAboutFields = error.problems.length > elsewhere.length;
  const isForSupport = elsewhere.length > 0 || (!isAboutFields && !NOT_FOR_SUPPORT.includes(error.code));
  return (
    <Notice kind="error">
      <p>{isAboutFields ? text.errors.problems : errorSentence()}</p>
      {isAboutFields && elsewhere.map(({ field, message }) => <p key={field}>{message[locale]}</p>)}
      {isForSupport && error.requestId !== null && (
        <p class="sse-hint">{fill(text.common.requestId, { id: error.requestId })}</p>
      )}
      {onRetry && error.isPassing && <Button onClick={onRetry}>{text.common.retry}</Button>}
    </Notice>
  );

  function errorSentence(): string {
    if (error?.sentence) return error.sentence[locale];
    return error?.status === 0 ? text.errors.unreachable : fill(text.errors.unknown, { code: error?.code ?? '' });
  }
}
