import type { KeptTalk } from '../reading/get-talks.ts';

/** The metadata that tell one call's talk from another's. None of them but `client_id` and `operator_id` can be mapped. */
const TRAITS = ['call_id', 'date', 'direction_outgoing', 'client_id', 'operator_id'] as const;

/** What is remembered of an upload in order to find its talk again. */
export function traitsOf(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(TRAITS.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])));
}

/**
 * Whether the talk may be the upload with these traits. A key that the connection lacks, or lacked at that time, says
 * nothing; the date, which every connection has, must be the same moment.
 */
export function mayBe(traits: Record<string, string>, { fields }: Pick<KeptTalk, 'fields'>): boolean {
  const moment = Date.parse(traits['date'] ?? '');
  if (Number.isNaN(moment) || Date.parse(fields['date'] ?? '') !== moment) return false;
  return TRAITS.every((key) => key === 'date' || !fields[key] || fields[key] === (traits[key] ?? ''));
}
