import { useRef, useState } from 'preact/hooks';
import { isDay, readDay, writeDay } from '../form/days.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { Field } from './Field.tsx';

interface DateFieldProps {
  label: string;
  /** `2026-11-22`, or what was typed instead of a day. */
  value: string;
  onChange: (value: string) => void;
  problem?: string | undefined;
}

/**
 * A day in the page's language. A browser's own date field follows the browser's language, not the account's; only its
 * calendar is used.
 */
export function DateField({ label, value, onChange, problem }: DateFieldProps) {
  const { text, locale } = usePage();
  const words = text.dates;
  const [typed, setTyped] = useState<string | null>(null);
  const calendar = useRef<HTMLInputElement>(null);
  const isUnreadable = typed === null && value !== '' && !isDay(value);
  const type = (next: string) => {
    setTyped(next);
    onChange(readDay(next, locale) ?? next.trim());
  };
  return (
    <Field label={label} problem={isUnreadable ? words.unreadable : problem}>
      {(attributes) => (
        <div class="sse-date">
          <input
            {...attributes}
            class="sse-input"
            type="text"
            inputMode="numeric"
            autocomplete="off"
            placeholder={words.form}
            value={typed ?? writeDay(value, locale)}
            onInput={({ currentTarget }) => type(currentTarget.value)}
            onBlur={() => setTyped(null)}
          />
          <button
            type="button"
            class="sse-date__button"
            aria-label={fill(words.calendar, { label })}
            onClick={() => calendar.current?.showPicker()}
          >
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <path d="M2 4h12v10H2zM2 7h12M5 2v3M11 2v3" fill="none" stroke="currentColor" stroke-width="1.5" />
            </svg>
          </button>
          <input
            ref={calendar}
            class="sse-date__calendar"
            type="date"
            tabIndex={-1}
            aria-hidden="true"
            value={isDay(value) ? value : ''}
            onChange={({ currentTarget }) => onChange(currentTarget.value)}
          />
        </div>
      )}
    </Field>
  );
}
