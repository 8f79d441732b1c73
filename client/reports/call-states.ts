/** The states by which people look for calls; what is still to come to an end is `planned`. */
export const CALL_STATES = ['exported', 'failed', 'waiting', 'unconfirmed', 'skipped', 'planned'] as const;
export type CallState = (typeof CALL_STATES)[number];
