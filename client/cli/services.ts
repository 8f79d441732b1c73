import { type Environment, readEnvironment } from '../../environment/environment.ts';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import type { AccountAccess } from '../account-access.ts';
import { ExportClient } from '../export-client.ts';
import { closeAccess, openAccess } from '../open-access.ts';
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
    return (this.#access ??= openAccess(this.environment, this.ledger, () => this.exports()));
  }

  /** @throws {ExportError} `temporal_unreachable`, after a few seconds. */
  temporal(): Promise<TemporalConnection> {
    return (this.#temporal ??= connectTemporal(this.#variables));
  }

  async exports(): Promise<ExportClient> {
    const { client } = await this.temporal();
    return new ExportClient({ temporal: client, ledger: this.ledger, taskQueue: this.environment.TEMPORAL_TASK_QUEUE });
  }

  /** Resolves when no refresh of tokens is under way: the pair that it brings exists nowhere else until it is kept. */
  async refreshed(): Promise<void> {
    await this.#access?.tokens.idle();
  }

  async close(): Promise<void> {
    if (this.#access) await closeAccess(this.#access);
    const temporal = await this.#temporal?.catch(() => undefined);
    await temporal?.connection.close();
    await this.#ledger?.close();
  }
}
