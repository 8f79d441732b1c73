import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useForm } from '../form/form-context.ts';
import { presetPeriod, PRESETS } from '../form/period-presets.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

export function PeriodFields({ timeZone }: { timeZone: string }) {
  const { text, now } = usePage();
  const { form, change, problemAt } = useForm();
  const { filters: words } = text;
  const { from, to } = form.period;
  return (
    <fieldset class="sse-fieldset">
      <legend class="sse-label">{words.period}</legend>
      <div class="sse-row">
        <TextField
          label={words.periodFrom}
          type="date"
          value={from}
          problem={problemAt('period.from') ?? problemAt('period')}
          onChange={(day) => change({ period: { from: day, to } })}
        />
        <TextField
          label={words.periodTo}
          type="date"
          value={to}
          problem={problemAt('period.to')}
          onChange={(day) => change({ period: { from, to: day } })}
        />
        <div class="sse-row sse-presets" role="group" aria-label={words.presets}>
          {PRESETS.map((preset) => (
            <Button key={preset} onClick={() => change({ period: presetPeriod(preset, now(), timeZone) })}>
              {words[preset]}
            </Button>
          ))}
          <Button kind="link" onClick={() => change({ period: { from: '', to: '' } })}>
            {words.clearPeriod}
          </Button>
        </div>
      </div>
      <p class="sse-hint">
        {from === '' && to === '' ? words.periodDefault : words.periodHint} {fill(words.timeZone, { timeZone })}
      </p>
    </fieldset>
  );
}
