import type { Ledger } from '../../ledger/ledger.ts';
import type { SpeechSense } from '../../speechsense/speechsense.ts';

/** What it takes to read talks back. */
export interface TalkReading {
  ledger: Ledger;
  speechSense: SpeechSense;
  /** The part of the customer's reading quota that may be used, above 0 up to 1. */
  readShare: number;
}
