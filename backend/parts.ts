import type { FastifyBaseLogger } from 'fastify';
import type { AccountAccess } from '../client/accounts/account-access.ts';
import type { ExportClient } from '../client/export-client.ts';
import type { PlanPrices } from '../client/previews/plan-description.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BackgroundWork } from './operations/background-work.ts';
import type { BackendMetrics } from './operations/metrics.ts';

/** The amoCRM integration whose widget and hooks this backend serves. */
export interface Integration {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

/** What nearly every route works with. */
export interface Services {
  ledger: Ledger;
  access: AccountAccess;
  exports: ExportClient;
  now: () => Date;
}

/** Addresses from which a browser downloads reports. */
export interface ReportLinks {
  /** Where browsers reach this backend, without a slash at the end. */
  publicUrl: string;
  /** The first signs; links signed by the others still open. */
  linkKeys: readonly Buffer[];
}

/** What serves amoCRM's hooks. */
export interface Hooks {
  integration: Integration;
  background: BackgroundWork;
  metrics: BackendMetrics;
}

/** What the HTTP server itself needs. */
interface Server {
  logger: FastifyBaseLogger;
  limits: Limits;
  trustedProxies: number;
}

export interface Parts {
  services: Services;
  hooks: Hooks;
  server: Server;
  reportLinks: ReportLinks;
  prices: PlanPrices;
  /** Whether recordings that SpeechSense does not take can be converted. */
  audioConversion: boolean;
}

/** Requests that are answered in a minute. */
export interface Limits {
  perIp: number;
  perAccount: number;
  /** Install hooks from one address, for one account's host, and in all: anybody can send them, and each asks amoCRM. */
  installsPerIp: number;
  installsPerHost: number;
  installs: number;
}

/** A page asks every five seconds, and a click is a few requests: this leaves room for a dozen people. */
export const USUAL_LIMITS: Limits = {
  perIp: 600,
  perAccount: 300,
  installsPerIp: 20,
  installsPerHost: 6,
  installs: 120,
};
