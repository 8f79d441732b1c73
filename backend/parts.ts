import type { Logger } from 'pino';
import type { AccountAccess } from '../client/account-access.ts';
import type { ExportClient } from '../client/export-client.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Tariff } from '../settings/tariff.ts';
import type { BackgroundWork } from './operations/background-work.ts';
import type { BackendMetrics } from './operations/metrics.ts';

/** The amoCRM integration whose widget and hooks this backend serves. */
export interface Integration {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

/** What the routes work with. Handed down; nothing is global. */
export interface Parts {
  ledger: Ledger;
  access: AccountAccess;
  exports: ExportClient;
  integration: Integration;
  /** Where browsers reach this backend, without a slash at the end. */
  publicUrl: string;
  /** Signs links to reports; the further ones still open those that they signed. */
  linkKeys: readonly Buffer[];
  tariff: { tariff: Tariff; tariffFile: string };
  requestsPerSecond: number;
  /** Whether recordings that SpeechSense does not take can be converted. */
  audioConversion: boolean;
  limits: Limits;
  background: BackgroundWork;
  metrics: BackendMetrics;
  logger: Logger;
  now: () => Date;
}

/** Requests that are answered in a minute. */
export interface Limits {
  perIp: number;
  perAccount: number;
  /** Install hooks that come from one address: anybody can send one, and each asks amoCRM in an account's name. */
  installsPerIp: number;
}

/** A page asks every five seconds, and a click is a few requests: this leaves room for a dozen people. */
export const USUAL_LIMITS: Limits = { perIp: 600, perAccount: 300, installsPerIp: 20 };
