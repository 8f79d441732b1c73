import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Block as CardBlock, BLOCKS, type FieldCatalogue } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import type { Choice } from '../controls/Combobox.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Section, type SectionPlace } from '../controls/Section.tsx';
import { useForm } from '../form/form-context.ts';
import { mappingSummary } from '../form/summaries.ts';
import { type LineNotes, mappingNotes } from '../form/mapping-notes.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import type { Loaded } from '../use-loaded.ts';
import { MappingFile } from './MappingFile.tsx';
import { MappingRow } from './MappingRow.tsx';

interface MappingBlockProps {
  section: SectionPlace;
  fields: Loaded<FieldCatalogue>;
}

export function MappingBlock({ section, fields }: MappingBlockProps) {
  const { text, formats } = usePage();
  const { form, problemAt } = useForm();
  const notes = useMemo(() => mappingNotes(form.mapping, fields.value), [form.mapping, fields.value]);
  const problem = problemAt('mapping');
  return (
    <Section title={text.mapping.title} summary={mappingSummary(form, { text, formats })} {...section}>
      <p class="sse-hint">{text.mapping.hint}</p>
      <ErrorNotice error={fields.error} onRetry={() => void fields.reload()} />
      {BLOCKS.map((block) => (
        <CardMapping
          key={block}
          block={block}
          catalogue={fields.value}
          isFailed={fields.error !== null}
          notes={notes[block]}
        />
      ))}
      {problem !== undefined && <p class="sse-problem">{problem}</p>}
      <MappingFile />
    </Section>
  );
}

interface CardMappingProps {
  block: CardBlock;
  catalogue: FieldCatalogue | null;
  /** It could not be loaded: the fields are shown by their keys. */
  isFailed: boolean;
  notes: LineNotes[];
}

function CardMapping({ block, catalogue, isFailed, notes }: CardMappingProps) {
  const { text, locale } = usePage();
  const { form, change } = useForm();
  const lines = form.mapping[block];
  const choices = useMemo<Choice[] | null>(
    () =>
      catalogue?.[block].map(({ key, title, example }) => ({
        key,
        title: title[locale],
        detail: example,
      })) ?? (isFailed ? [] : null),
    [catalogue, isFailed, block, locale],
  );
  const title = text.mapping.blocks[block];
  const group = useRef<HTMLDivElement>(null);
  /** The row that was just added gets the focus; after a row is gone, the button that adds one. */
  const focusNext = useRef<'row' | 'add' | null>(null);
  useEffect(() => {
    const rows = group.current?.querySelectorAll<HTMLElement>('[role="combobox"]') ?? [];
    if (focusNext.current === 'row') rows[rows.length - 1]?.focus();
    if (focusNext.current === 'add') group.current?.querySelector<HTMLElement>(':scope > .sse-button')?.focus();
    focusNext.current = null;
  }, [lines.length]);
  const add = () => {
    focusNext.current = 'row';
    change({ mapping: { ...form.mapping, [block]: [...lines, { amocrm: '', speechsense: '' }] } });
  };
  return (
    <div ref={group} class="sse-mapping" role="group" aria-label={title}>
      <h3 class="sse-subtitle">{title}</h3>
      {lines.length === 0 && <p class="sse-hint">{text.mapping.empty}</p>}
      {lines.map((line, index) => (
        <MappingRow
          key={index}
          block={block}
          index={index}
          line={line}
          choices={choices}
          fields={catalogue?.[block] ?? []}
          onRemove={() => (focusNext.current = 'add')}
          notes={notes[index] ?? { field: null, key: null }}
        />
      ))}
      <Button label={fill(text.mapping.addTo, { block: title })} onClick={add}>
        + {text.mapping.add}
      </Button>
    </div>
  );
}
