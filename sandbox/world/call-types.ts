/** The types of call notes; the numbers are the old API's, which some integrations still write, and mean the same. */
const NUMBERED: Record<string, string> = { '10': 'call_in', '11': 'call_out' };

/** The type by its name; what is no number of a call's type stays as it is. */
export function noteTypeName(noteType: string): string {
  return NUMBERED[noteType] ?? noteType;
}

export function isCallType(noteType: string): boolean {
  return ['call_in', 'call_out'].includes(noteTypeName(noteType));
}
