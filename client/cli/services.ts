import { createOauth } from '../../amocrm/oauth.ts';
import { createAmocrmPaces } from '../../amocrm/pace.ts';
import { TokenKeeper } from '../../amocrm/token-keeper.ts';
import { createAmocrmTransport } from '../../amocrm/transport.ts';
import { amocrmIntegration } from '../../environment/amocrm-integration.ts';
import { type Environment, readEnvironment } from '../../environment/environment.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import { createSpeechSense } from '../../speechsense/speechsense.ts';
import type { AccountAccess } from '../account-access.ts';
import { ExportClient } from '../export-client.ts';
import { connectTemporal, type TemporalConnection } from '../temporal-connection.ts';

/** What commands work with, each part opened when a command first needs it. */
export class Services {
  readonly #variables: Record<string, string | undefined>;
  #environment: Environment | undefined;
  #ledger: Ledger | undefined;
  #access: AccountAccess | undefined;
  #temporal: Promise<TemporalConnection> | undefined;

  constructor(variables: Record<string, string | undefined>) {
    this.#variables = variables;
  }

  /** @throws {ExportError} `environment_invalid` */
  get environment(): Environment {
    return (this.#environment ??= readEnvironment(this.#variables));
  }

  get ledger(): Ledger {
    const { DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: encryptionKeys } = this.environment;
    return (this.#ledger ??= openLedger({ databaseUrl, encryptionKeys, maxConnections: 4 }));
  }

  /** What the administration of accounts needs. */
  get access(): AccountAccess {
    return (this.#access ??= this.#openAccess());
  }

  /** @throws {ExportError} `temporal_unreachable`, after a few seconds. */
  temporal(): Promise<TemporalConnection> {
    return (this.#temporal ??= connectTemporal(this.#variables));
  }

  async exports(): Promise<ExportClient> {
    const { client } = await this.temporal();
    return new ExportClient({ temporal: client, ledger: this.ledger, taskQueue: this.environment.TEMPORAL_TASK_QUEUE });
  }

  async close(): Promise<void> {
    await this.#access?.tokens.idle();
    this.#access?.speechSense.close();
    const temporal = await this.#temporal?.catch(() => undefined);
    await temporal?.connection.close();
    await this.#ledger?.close();
  }

  #openAccess(): AccountAccess {
    const { SPEECHSENSE_ENDPOINT: address, SPEECHSENSE_TLS: tls, INSECURE_HOSTS: insecureHosts } = this.environment;
    const transport = createAmocrmTransport();
    const oauth = createOauth({ transport, insecureHosts, integration: amocrmIntegration(this.environment) });
    return {
      ledger: this.ledger,
      transport,
      oauth,
      tokens: new TokenKeeper(this.ledger.tokens, oauth),
      speechSense: createSpeechSense({ address, tls }),
      insecureHosts,
      paces: createAmocrmPaces(this.ledger.rateBuckets, this.environment.AMOCRM_REQUESTS_PER_SECOND),
      readShare: this.environment.SPEECHSENSE_READ_SHARE / 100,
      absentAfterSeconds: this.environment.CONFIRM_ABSENT_AFTER_SECONDS,
      exports: () => this.exports(),
    };
  }
}
