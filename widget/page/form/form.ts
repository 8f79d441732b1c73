import type { ConnectionInput, Direction, Mapping, Period, SavedSettings, Settings } from '../api/types.ts';
import { BLOCKS } from '../api/types.ts';

/**
 * The settings page as it is being filled in. Its top-level names are the beginnings of the paths in which the back end
 * names a field.
 */
export interface Form {
  connectionId: string;
  language: string;
  /** Always empty at first: a stored key never comes back. */
  apiKey: string;
  /** Empty dates are a period that is left open. */
  period: Period;
  users: number[];
  /** Names of groups whose members at each start are meant. */
  groups: string[];
  direction: Direction;
  reExport: boolean;
  /** As typed. */
  talkSeconds: { min: string; max: string };
  mapping: Mapping;
  /** Roubles a minute as typed, and the day on which that was; empty: no price of the account's own. */
  price: { roublesPerMinute: string; date: string };
  /** Settings that this page does not show, such as those of a newer back end: given back as they came. */
  others: Omit<
    Settings,
    'period' | 'users' | 'groups' | 'direction' | 'reExport' | 'talkSeconds' | 'mapping' | 'price'
  >;
}

const DEFAULT_LANGUAGE = 'ru-RU';

export function formOf({ settings, connection }: Pick<SavedSettings, 'settings' | 'connection'>): Form {
  const { period, users, groups, direction, reExport, talkSeconds, mapping, price, ...others } = settings;
  return {
    connectionId: connection?.connectionId ?? '',
    language: connection?.language ?? DEFAULT_LANGUAGE,
    apiKey: '',
    period: period ?? { from: '', to: '' },
    users,
    groups,
    direction,
    reExport,
    talkSeconds: { min: String(talkSeconds.min), max: String(talkSeconds.max) },
    mapping,
    price: price ? { ...price, roublesPerMinute: String(price.roublesPerMinute) } : { roublesPerMinute: '', date: '' },
    others,
  };
}

export function settingsOf(form: Form): Settings {
  const { from, to } = form.period;
  return {
    ...form.others,
    period: from === '' && to === '' ? null : { from, to },
    users: form.users,
    groups: form.groups,
    direction: form.direction,
    reExport: form.reExport,
    talkSeconds: { min: Number(form.talkSeconds.min), max: Number(form.talkSeconds.max) },
    mapping: form.mapping,
    price: priceOf(form),
  };
}

/** What cannot be read as a number goes to the server as it is, which says so at the field. */
function priceOf({ price: { roublesPerMinute, date } }: Form): Settings['price'] {
  const typed = roublesPerMinute.trim().replace(',', '.');
  return typed === '' ? null : { roublesPerMinute: Number(typed), date };
}

export function connectionOf({ connectionId, language, apiKey }: Form): ConnectionInput {
  return {
    connectionId: connectionId.trim(),
    language,
    ...(apiKey.trim() === '' ? {} : { apiKey: apiKey.trim() }),
  };
}

/** Lines in which nothing was chosen and nothing typed say nothing. */
export function withoutEmptyLines(form: Form): Form {
  const mapping = { ...form.mapping };
  for (const block of BLOCKS) {
    mapping[block] = form.mapping[block].filter(({ amocrm, speechsense }) => amocrm !== '' || speechsense !== '');
  }
  return { ...form, mapping };
}

/** The paths of the lines of the mapping in which nothing is filled in. */
export function emptyLines({ mapping }: Form): string[] {
  return BLOCKS.flatMap((block) =>
    mapping[block].flatMap(({ amocrm, speechsense }, index) =>
      amocrm === '' && speechsense === '' ? [`mapping.${block}.${index}.amocrm`] : [],
    ),
  );
}

const PARTS = [
  'connectionId',
  'language',
  'apiKey',
  'period',
  'users',
  'groups',
  'direction',
  'reExport',
  'talkSeconds',
  'mapping',
  'price',
] as const satisfies (keyof Form)[];

export function isFormField(path: string): boolean {
  return PARTS.some((part) => path === part || path.startsWith(`${part}.`));
}

export function isChanged(form: Form, base: Form): boolean {
  return PARTS.some((part) => isPartChanged(form, base, part));
}

/** The latest saved form with the user's own changes on top: what was changed since `base` stays as typed. */
export function rebased(form: Form, base: Form, latest: Form): Form {
  const mine = PARTS.filter((part) => part !== 'mapping' && isPartChanged(form, base, part));
  const mapping = { ...latest.mapping };
  for (const block of BLOCKS) {
    if (JSON.stringify(form.mapping[block]) !== JSON.stringify(base.mapping[block])) {
      mapping[block] = form.mapping[block];
    }
  }
  return { ...latest, ...Object.fromEntries(mine.map((part) => [part, form[part]])), mapping };
}

function isPartChanged(form: Form, base: Form, part: keyof Form): boolean {
  return JSON.stringify(form[part]) !== JSON.stringify(base[part]);
}
