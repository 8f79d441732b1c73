import type { Block, Field, MappingLine } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { type Choice, Combobox } from '../controls/Combobox.tsx';
import { useForm } from '../form/form-context.ts';
import { transliteratedKey } from '../form/transliteration.ts';
import { freeKey, type LineNotes } from '../form/mapping-notes.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

interface MappingRowProps {
  block: Block;
  index: number;
  line: MappingLine;
  choices: Choice[] | null;
  fields: Field[];
  notes: LineNotes;
  onRemove: () => void;
}

/** amoCRM's field on the left, on the right the SpeechSense key that it fills. */
export function MappingRow({ block, index, line, choices, fields, notes, onRemove }: MappingRowProps) {
  const { text } = usePage();
  const { form, change, problemAt } = useForm();
  const words = text.mapping;
  const place = { block: words.blocks[block], n: index + 1 };
  const path = `mapping.${block}.${index}`;

  const lines = form.mapping[block];
  const setLines = (next: MappingLine[]) => change({ mapping: { ...form.mapping, [block]: next } });
  const replace = (part: Partial<MappingLine>) =>
    setLines(lines.map((other, at) => (at === index ? { ...other, ...part } : other)));

  const others = { ...form.mapping, [block]: lines.filter((_, at) => at !== index) };

  const suggestion = (key: string) => fields.find((field) => field.key === key)?.suggestedKey ?? '';
  const choose = (amocrm: string) => {
    // A key that the user typed stays; one that was suggested for the field before goes with it.
    const isOwn = line.speechsense !== '' && !line.speechsense.startsWith(suggestion(line.amocrm) || '\n');
    replace({ amocrm, ...(isOwn ? {} : { speechsense: freeKey(suggestion(amocrm), others) }) });
  };

  const fieldProblem = problemAt(`${path}.amocrm`) ?? (notes.field ? words.notes[notes.field] : undefined);
  const keyProblem =
    problemAt(`${path}.speechsense`) ?? problemAt(path) ?? (notes.key ? words.notes[notes.key] : undefined);
  const transliterated = notes.key === 'key_invalid' ? transliteratedKey(line.speechsense) : '';
  const offer = transliterated === '' ? '' : freeKey(transliterated, others);
  const problemId = `sse-${block}-${index}-key-problem`;
  return (
    <div class="sse-mapping__row">
      <Combobox
        label={fill(words.fieldAt, place)}
        value={line.amocrm}
        choices={choices}
        onChange={choose}
        problem={fieldProblem}
      />
      <span class="sse-mapping__arrow" aria-hidden="true">
        →
      </span>
      <div>
        <input
          class="sse-input"
          type="text"
          autocomplete="off"
          spellcheck={false}
          aria-label={fill(words.keyAt, place)}
          aria-invalid={keyProblem === undefined ? undefined : 'true'}
          aria-describedby={keyProblem === undefined ? undefined : problemId}
          placeholder={suggestion(line.amocrm) || words.key}
          value={line.speechsense}
          onInput={({ currentTarget }) => replace({ speechsense: currentTarget.value.trim() })}
        />
        {keyProblem !== undefined && (
          <p class="sse-problem" id={problemId}>
            {keyProblem}
          </p>
        )}
        {offer !== '' && (
          <Button kind="link" onClick={() => replace({ speechsense: offer })}>
            {fill(words.useKey, { key: offer })}
          </Button>
        )}
      </div>
      <Button
        kind="link"
        label={fill(words.remove, place)}
        onClick={() => {
          onRemove();
          setLines(lines.filter((_, at) => at !== index));
        }}
      >
        ×
      </Button>
    </div>
  );
}
