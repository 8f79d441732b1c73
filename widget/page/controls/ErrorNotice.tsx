import type { ApiError } from '../api/api-error.ts';
import { isFormField } from '../form/form.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Button } from './Button.tsx';
import { Notice } from './Notice.tsx';

/** What went wrong, in the server's words; what it says of the form's fields stands at the fields. */
export function ErrorNotice({ error, onRetry }: { error: ApiError | null; onRetry?: () => void }) {
  const { text, locale } = usePage();
  if (!error) return null;
  const elsewhere = error.problems.filter(({ field }) => !isFormField(field));
  const isAboutFields = error.problems.length > elsewhere.length;
  return (
    <Notice kind="error">
      <p>{isAboutFields ? text.errors.problems : errorSentence()}</p>
      {isAboutFields && elsewhere.map(({ field, message }) => <p key={field}>{message[locale]}</p>)}
      {error.requestId !== null && <p class="sse-hint">{fill(text.common.requestId, { id: error.requestId })}</p>}
      {onRetry && error.isPassing && <Button onClick={onRetry}>{text.common.retry}</Button>}
    </Notice>
  );

  function errorSentence(): string {
    if (error?.sentence) return error.sentence[locale];
    return error?.status === 0 ? text.errors.unreachable : fill(text.errors.unknown, { code: error?.code ?? '' });
  }
}
