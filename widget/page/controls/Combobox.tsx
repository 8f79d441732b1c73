import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { useElementId } from './use-element-id.ts';

export interface Choice {
  key: string;
  title: string;
  /** A second line: what a value looks like. */
  detail: string | null;
}

interface ComboboxProps {
  label: string;
  value: string;
  /** Null while they are loaded. */
  choices: Choice[] | null;
  onChange: (key: string) => void;
  problem?: string | undefined;
}

/** More than anyone reads through; an account may have 500 fields, and a page some dozens of these boxes. */
const SHOWN = 50;

/** A choice that is searched by typing, after the ARIA pattern of an editable combobox with a list. */
export function Combobox({ label, value, choices, onChange, problem }: ComboboxProps) {
  const { text } = usePage();
  const id = useElementId();
  const list = useRef<HTMLUListElement>(null);
  const [query, setQuery] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const isOpen = query !== null;

  const found = useMemo(() => (query === null || choices === null ? [] : search(choices, query)), [choices, query]);
  const shown = found.slice(0, SHOWN);
  const chosen = choices?.find(({ key }) => key === value);
  // Its title is on its way: the bare key would tell nobody anything.
  const isAwaited = choices === null && value !== '';

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, isOpen]);

  const open = (typed: string) => {
    setQuery(typed);
    setActive(0);
  };
  const choose = (choice: Choice | undefined) => {
    if (choice) onChange(choice.key);
    setQuery(null);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) {
      if (event.key === 'ArrowDown' || event.key === 'Enter') {
        event.preventDefault();
        open('');
      }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((at) => Math.min(Math.max(at + step, 0), shown.length - 1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(shown[active]);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setQuery(null);
    }
  };

  return (
    <div class="sse-combobox">
      <input
        class="sse-input"
        type="text"
        role="combobox"
        autocomplete="off"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-activedescendant={isOpen && shown.length > 0 ? `${id}-${active}` : undefined}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        placeholder={isAwaited ? text.common.loading : text.mapping.choose}
        value={query ?? chosen?.title ?? (isAwaited ? '' : value)}
        onInput={({ currentTarget }) => open(currentTarget.value)}
        onClick={() => {
          if (!isOpen) open('');
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setQuery(null)}
      />
      {(isAwaited || chosen?.detail != null) && (
        <p class="sse-hint sse-line">
          {chosen?.detail != null && fill(text.mapping.example, { example: chosen.detail })}
        </p>
      )}
      {problem !== undefined && (
        <p class="sse-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      <ul ref={list} class="sse-combobox__list" id={`${id}-list`} role="listbox" aria-label={label} hidden={!isOpen}>
        {shown.map((choice, index) => (
          <li
            key={choice.key}
            id={`${id}-${index}`}
            class="sse-combobox__choice"
            role="option"
            aria-selected={index === active}
            // The box must not lose the focus before the click arrives.
            onMouseDown={(event) => event.preventDefault()}
            // One choice is marked, whether by the keyboard or by the pointer.
            onMouseMove={() => setActive(index)}
            onClick={() => choose(choice)}
          >
            {choice.title}
            {choice.detail !== null && <span class="sse-hint"> {choice.detail}</span>}
          </li>
        ))}
        {isOpen && <Remark total={choices && found.length} />}
      </ul>
    </div>
  );
}

/** @param total null while it is not known. */
function Remark({ total }: { total: number | null }) {
  const { text, formats } = usePage();
  if (total !== null && total > 0 && total <= SHOWN) return null;
  const found =
    total === 0 ? text.mapping.nothing : fill(text.mapping.shown, { shown: SHOWN, total: formats.number(total ?? 0) });
  return (
    <li class="sse-combobox__remark" role="option" aria-disabled="true" aria-selected="false">
      {total === null ? text.common.loading : found}
    </li>
  );
}

function search(choices: Choice[], query: string): Choice[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return choices;
  return choices.filter(
    ({ key, title }) => title.toLocaleLowerCase().includes(wanted) || key.toLocaleLowerCase().includes(wanted),
  );
}
