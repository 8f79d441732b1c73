import { useRef, useState } from 'preact/hooks';
import { BLOCKS } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { Notice } from '../controls/Notice.tsx';
import { download } from '../download.ts';
import { useForm } from '../form/form-context.ts';
import { mappingFile, readMappingFile } from '../form/mapping-file.ts';
import { usePage } from '../page-context.ts';

const FILE_NAME = 'speechsense-mapping.json';

/** The mapping goes from one account to another as a file. */
export function MappingFile() {
  const { text, formats } = usePage();
  const { form, change } = useForm();
  const input = useRef<HTMLInputElement>(null);
  /** How many lines came in; null: the file was none. */
  const [outcome, setOutcome] = useState<{ lines: number | null } | null>(null);

  const save = () => {
    const url = URL.createObjectURL(new Blob([mappingFile(form.mapping)], { type: 'application/json' }));
    download(url, FILE_NAME);
    URL.revokeObjectURL(url);
  };
  const load = async (file: File) => {
    const mapping = readMappingFile(await file.text());
    if (mapping) change({ mapping });
    setOutcome({ lines: mapping && BLOCKS.reduce((lines, block) => lines + mapping[block].length, 0) });
  };

  return (
    <div class="sse-row">
      <Button onClick={save}>{text.mapping.exportFile}</Button>
      <Button onClick={() => input.current?.click()}>{text.mapping.importFile}</Button>
      <input
        ref={input}
        hidden
        type="file"
        accept="application/json,.json"
        aria-label={text.mapping.importFile}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void load(file);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
      {outcome &&
        (outcome.lines === null ? (
          <Notice kind="error">{text.mapping.notAFile}</Notice>
        ) : (
          <Notice kind="success">{formats.plural(text.mapping.imported, outcome.lines)}</Notice>
        ))}
    </div>
  );
}
