import type { User } from '../api/types.ts';
import { BLOCKS } from '../api/types.ts';
import { type Dictionary, fill } from '../text/dictionary.ts';
import type { Formats } from '../text/formats.ts';
import type { Form } from './form.ts';

interface Words {
  text: Dictionary;
  formats: Formats;
}

const line = (parts: (string | null)[]) => parts.filter((part) => part !== null).join(' · ');

export function connectionSummary({ connectionId, apiKey }: Form, storedTail: string, { text }: Words): string {
  const tail = apiKey.trim() === '' ? storedTail : apiKey.trim().slice(-4);
  return connectionId.trim() === ''
    ? text.summaries.noConnection
    : line([`ID ${connectionId.trim()}`, tail === '' ? text.summaries.noKey : fill(text.summaries.key, { tail })]);
}

export function filtersSummary(form: Form, users: User[] | null, { text, formats }: Words): string {
  const { from, to } = form.period;
  const day = (isoDay: string) => (isoDay === '' ? '…' : formats.day(isoDay));
  const [only] = form.users;
  const name = form.users.length === 1 && users?.find(({ id }) => id === only)?.name;
  const chosen = [
    ...form.groups,
    ...(form.users.length === 0 ? [] : [name || formats.plural(text.users.chosen, form.users.length)]),
  ];
  return line([
    from === '' && to === '' ? text.summaries.lastDays : `${day(from)} – ${day(to)}`,
    chosen.length === 0 ? text.summaries.allUsers : chosen.join(', '),
    text.summaries.directions[form.direction],
    talkSummary(form, { text, formats }),
    form.reExport ? text.summaries.reExport : null,
  ]);
}

function talkSummary({ talkSeconds }: Form, { text, formats }: Words): string | null {
  const min = Number(talkSeconds.min);
  const max = Number(talkSeconds.max);
  const words = text.summaries;
  if (min > 0 && max > 0) return fill(words.talkBetween, { min: formats.span(min), max: formats.span(max) });
  if (min > 0) return fill(words.talkFrom, { min: formats.span(min) });
  return max > 0 ? fill(words.talkUpTo, { max: formats.span(max) }) : null;
}

export function mappingSummary({ mapping }: Form, { text, formats }: Words): string {
  const filled = BLOCKS.filter((block) => mapping[block].length > 0);
  if (filled.length === 0) return text.summaries.noFields;
  return line(filled.map((block) => `${text.mapping.blocks[block]}: ${formats.number(mapping[block].length)}`));
}
