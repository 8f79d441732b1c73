import type { User } from '../api/types.ts';
import { Checkbox } from '../controls/Checkbox.tsx';
import { Section, type SectionPlace } from '../controls/Section.tsx';
import { Select } from '../controls/Select.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useForm } from '../form/form-context.ts';
import { filtersSummary } from '../form/summaries.ts';
import { usePage } from '../page-context.ts';
import type { Loaded } from '../use-loaded.ts';
import { PeriodFields } from './PeriodFields.tsx';
import { UserPicker } from './UserPicker.tsx';

const DIRECTIONS = ['all', 'outgoing', 'incoming'] as const;

interface FiltersBlockProps {
  section: SectionPlace;
  users: Loaded<User[]>;
  timeZone: string;
}

/** In the order of the page that Yandex's own app has. */
export function FiltersBlock({ section, users, timeZone }: FiltersBlockProps) {
  const { text, formats } = usePage();
  const { form, change, problemAt } = useForm();
  const { filters: words } = text;
  return (
    <Section title={words.title} summary={filtersSummary(form, users.value, { text, formats })} {...section}>
      <PeriodFields timeZone={timeZone} />
      <UserPicker users={users} />
      <Select
        label={words.direction}
        value={form.direction}
        options={DIRECTIONS.map((value) => ({ value, title: words.directions[value] }))}
        onChange={(direction) => change({ direction })}
        problem={problemAt('direction')}
      />
      <Checkbox
        label={words.reExport}
        hint={words.reExportHint}
        checked={form.reExport}
        onChange={(reExport) => change({ reExport })}
      />
      <div class="sse-columns">
        <TextField
          label={words.minSeconds}
          type="number"
          value={form.talkSeconds.min}
          hint={words.secondsHint}
          problem={problemAt('talkSeconds.min') ?? problemAt('talkSeconds')}
          onChange={(min) => change({ talkSeconds: { ...form.talkSeconds, min } })}
        />
        <TextField
          label={words.maxSeconds}
          type="number"
          value={form.talkSeconds.max}
          hint={words.secondsHint}
          problem={problemAt('talkSeconds.max')}
          onChange={(max) => change({ talkSeconds: { ...form.talkSeconds, max } })}
        />
      </div>
    </Section>
  );
}
