import type { Account, ExportStatus } from '../api/types.ts';
import { isFinal } from './running.ts';

/** The one thing that is best done next: its button is the page's only primary one. */
export type MainAction = 'connect' | 'mend' | 'save-and-resume' | 'save' | 'preview' | 'start' | null;

/** Errors of amoCRM that a new consent heals. */
const HEALED_BY_CONSENT = [
  'amocrm_unauthorized',
  'amocrm_grant_lost',
  'amocrm_code_refused',
  'amocrm_other_account',
  'amocrm_account_moved',
  'amocrm_forbidden',
];

export function needsConsent({ state, blockedBy }: Pick<ExportStatus, 'state' | 'blockedBy'>): boolean {
  return state === 'blocked' && HEALED_BY_CONSENT.includes(blockedBy ?? '');
}

/** Whether the export goes on once the connection to SpeechSense is put right on this page. */
export function needsConnection({ state, blockedBy }: Pick<ExportStatus, 'state' | 'blockedBy'>): boolean {
  return state === 'blocked' && (blockedBy ?? '').startsWith('speechsense_');
}

export interface Situation {
  account: Account['state'];
  current: ExportStatus | null;
  isStarting: boolean;
  isDirty: boolean;
  /** A connection to SpeechSense is saved. */
  isConnected: boolean;
  /** A preview has been counted. */
  isCounted: boolean;
}

export function mainAction({ account, current, isStarting, isDirty, isConnected, isCounted }: Situation): MainAction {
  if (current?.state === 'blocked') {
    return isDirty && needsConnection(current) ? 'save-and-resume' : 'mend';
  }
  if (account !== 'active') return 'connect';
  if (isDirty || !isConnected) return 'save';
  if (isStarting || (current !== null && !isFinal(current))) return null;
  return current === null && !isCounted ? 'preview' : 'start';
}
