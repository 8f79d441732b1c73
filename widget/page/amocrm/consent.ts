/** The manifest's one custom field; amoCRM keeps it as `#<code>_custom` and gives it room in `#<code>_custom_content`. */
export const CONSENT_FIELD = 'consent';

/** Raised when what is agreed to changes. */
const CONSENT_VERSION = 1;

/** The field's value: amoCRM saves a custom field only as JSON or a number. Empty is no consent, and Save refuses. */
export function consentValue(accepted: boolean, now: Date): string {
  return accepted ? JSON.stringify({ accepted: true, at: now.toISOString(), version: CONSENT_VERSION }) : '';
}

/** Whether the stored value is a consent to what is asked now. amoCRM gives it back as text or already parsed. */
export function isConsent(value: unknown): boolean {
  const consent = typeof value === 'string' ? parse(value) : value;
  return (
    typeof consent === 'object' &&
    consent !== null &&
    Reflect.get(consent, 'accepted') === true &&
    Reflect.get(consent, 'version') === CONSENT_VERSION
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
