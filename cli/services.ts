import { type Environment, readEnvironment } from '../environment/environment.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import type { AccountAccess } from '../client/accounts/account-access.ts';
import type { ExportClient } from '../client/export-client.ts';
import type { TemporalConnection } from '../client/temporal/temporal-connection.ts';

/**
 * What commands work with, each part opened when a command first needs it. The code of amoCRM's and SpeechSense's clients
 * and of Temporal's is loaded then, too: it takes longer than what most commands do.
 */
export class Services {
  readonly #variables: Record<string, string | undefined>;
  #environment: Environment | undefined;
  #ledger: Ledger | undefined;
  #access: Promise<AccountAccess> | undefined;
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
  access(): Promise<AccountAccess> {
    return (this.#access ??= this.#openAccess());
  }

  /** @throws {ExportError} `temporal_unreachable`, after a few seconds. */
  temporal(): Promise<TemporalConnection> {
    return (this.#temporal ??= this.#connectTemporal());
  }

  async exports(): Promise<ExportClient> {
    const { client } = await this.temporal();
    const { ExportClient } = await import('../client/export-client.ts');
    return new ExportClient({ temporal: client, ledger: this.ledger, taskQueue: this.environment.TEMPORAL_TASK_QUEUE });
  }

  /** Resolves when no refresh of tokens is under way: the pair that it brings exists nowhere else until it is kept. */
  async refreshed(): Promise<void> {
    const access = await this.#access?.catch(() => undefined);
    await access?.tokens.idle();
  }

  async close(): Promise<void> {
    const access = await this.#access?.catch(() => undefined);
    if (access) await (await import('../client/accounts/open-access.ts')).closeAccess(access);
    const temporal = await this.#temporal?.catch(() => undefined);
    await temporal?.connection.close();
    await this.#ledger?.close();
  }

  async #openAccess(): Promise<AccountAccess> {
    const { environment, ledger } = this;
    const { openAccess } = await import('../client/accounts/open-access.ts');
    return openAccess(environment, ledger, () => this.exports());
  }

  async #connectTemporal(): Promise<TemporalConnection> {
    const { connectTemporal } = await import('../client/temporal/temporal-connection.ts');
    return connectTemporal(this.#variables);
  }
}
