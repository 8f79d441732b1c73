import type { Language } from './language.ts';

/** `1:05`, `2:00:09`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const pad = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** Talk length in hours, small ones in minutes: `4.6 h`, `12 min`. */
export function talkTime(seconds: number, language: Language): string {
  const unit = { h: { en: 'h', ru: 'ч' }, min: { en: 'min', ru: 'мин' } };
  if (seconds < 3600) return `${Math.round(seconds / 60)} ${unit.min[language]}`;
  return `${decimal(seconds / 3600, language)} ${unit.h[language]}`;
}

const BYTE_UNITS = {
  en: ['B', 'KiB', 'MiB', 'GiB', 'TiB'],
  ru: ['Б', 'КиБ', 'МиБ', 'ГиБ', 'ТиБ'],
};

/** `512 B`, `1.5 MiB`. */
export function byteSize(bytes: number, language: Language): string {
  const units = BYTE_UNITS[language];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? String(Math.round(amount)) : decimal(amount, language)} ${units[power] ?? ''}`;
}

/** One digit behind the point while that matters. */
export function decimal(amount: number, language: Language): string {
  const digits = amount < 100 ? 1 : 0;
  return amount.toLocaleString(language, { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A count with its thousands set apart. */
export function count(amount: number, language: Language): string {
  return amount.toLocaleString(language);
}
