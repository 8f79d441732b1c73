import { Button } from '../controls/Button.tsx';
import { DateField } from '../controls/DateField.tsx';
import { useForm } from '../form/form-context.ts';
import { presetPeriod, PRESETS } from '../form/period-presets.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

export function PeriodFields({ timeZone }: { timeZone: string }) {
  const { text, now } = usePage();
  const { form, change, problemAt } = useForm();
  const { filters: words } = text;
  const { from, to } = form.period;
  const isOpen = from === '' && to === '';
  const presets = PRESETS.map((name) => ({ name, period: presetPeriod(name, now(), timeZone) }));
  // Two may be the same days; one is marked.
  const active = presets.find(({ period }) => period.from === from && period.to === to)?.name;
  return (
    <fieldset class="sse-fieldset">
      <legend class="sse-label">{words.period}</legend>
      <div class="sse-row sse-row_top">
        <DateField
          label={words.periodFrom}
          value={from}
          problem={problemAt('period.from') ?? problemAt('period')}
          onChange={(day) => change({ period: { from: day, to } })}
        />
        <DateField
          label={words.periodTo}
          value={to}
          problem={problemAt('period.to')}
          onChange={(day) => change({ period: { from, to: day } })}
        />
        <div class="sse-row sse-presets" role="group" aria-label={words.presets}>
          {presets.map(({ name, period }) => (
            <Button key={name} pressed={name === active} onClick={() => change({ period })}>
              {words[name]}
            </Button>
          ))}
          <Button pressed={isOpen} onClick={() => change({ period: { from: '', to: '' } })}>
            {words.clearPeriod}
          </Button>
        </div>
      </div>
      <p class="sse-hint">
        {isOpen ? words.periodDefault : words.periodHint} {fill(words.timeZone, { timeZone })}
      </p>
    </fieldset>
  );
}
