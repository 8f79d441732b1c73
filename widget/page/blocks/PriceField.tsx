import { TextField } from '../controls/TextField.tsx';
import { useForm } from '../form/form-context.ts';
import { calendarDay } from '../form/period-presets.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

/** What a minute costs, where its price is missed: saved with the settings, with the day on which it was entered. */
export function PriceField({ timeZone }: { timeZone: string }) {
  const { text, formats, now } = usePage();
  const { form, change, problemAt } = useForm();
  const { roublesPerMinute, date } = form.price;
  const words = text.preview;
  return (
    <TextField
      label={words.price}
      value={roublesPerMinute}
      hint={roublesPerMinute === '' ? words.priceHint : fill(words.priceSince, { day: formats.day(date) })}
      problem={problemAt('price.roublesPerMinute') ?? problemAt('price')}
      onChange={(typed) => change({ price: { roublesPerMinute: typed, date: calendarDay(now(), timeZone) } })}
    />
  );
}
