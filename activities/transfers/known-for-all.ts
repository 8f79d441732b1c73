import { ExportError } from '../../errors/export-error.ts';
import type { Connection } from '../../ledger/accounts/connections.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { CallToSend } from '../../ledger/exports/transfers.ts';
import type { Brake } from './upload-while-away.ts';

/** What is the same for all calls of an account. */
export interface KnownForAll {
  /**
   * An account that has switched the integration off wants no more of its recordings sent, though none of them needs
   * amoCRM any more.
   *
   * @throws {ExportError} `amocrm_unauthorized`, which blocks the export until the account is connected again.
   */
  assertAccess(call: CallToSend): Promise<void>;
  /** @throws {ExportError} `connection_not_set` */
  connection(call: CallToSend): Promise<Connection>;
  brake(accountId: number): Brake;
}

/** So much later at most a change reaches calls of a shift that is under way; the next shift asks anew. */
const HOLDS_MS = 1_000;

/** Asks the ledger at most once a second. One for each step, so that a step never begins with old knowledge. */
export function knownForAll(ledger: Ledger): KnownForAll {
  const isOver = new Remembered((accountId) => ledger.tokens.isOver(accountId));
  const connection = new Remembered((accountId) => ledger.connections.read(accountId));
  /** When an account was last seen to have no brake on. */
  const free = new Map<number, number>();

  return {
    async assertAccess({ accountId, host }) {
      if (await isOver.get(accountId)) throw new ExportError('amocrm_unauthorized', { values: { host } });
    },
    async connection({ accountId }) {
      const known = await connection.get(accountId);
      if (!known) throw new ExportError('connection_not_set');
      return known;
    },
    brake: (accountId) => ({
      async turn() {
        if (performance.now() - (free.get(accountId) ?? -Infinity) < HOLDS_MS) return { kind: 'go', braked: false };
        const turn = await ledger.brakes.turn(accountId);
        // Nothing else may be remembered: one lane alone tries, and the others look until it has.
        if (turn.kind === 'go' && !turn.braked) free.set(accountId, performance.now());
        return turn;
      },
      pull() {
        free.delete(accountId);
        return ledger.brakes.pull(accountId);
      },
      release: () => ledger.brakes.release(accountId),
      handBack: () => ledger.brakes.handBack(accountId),
    }),
  };
}

class Remembered<Value> {
  readonly #ask: (accountId: number) => Promise<Value>;
  readonly #answers = new Map<number, { value: Promise<Value>; at: number }>();

  constructor(ask: (accountId: number) => Promise<Value>) {
    this.#ask = ask;
  }

  get(accountId: number): Promise<Value> {
    const now = performance.now();
    const known = this.#answers.get(accountId);
    if (known && now - known.at < HOLDS_MS) return known.value;
    const value = this.#ask(accountId);
    this.#answers.set(accountId, { value, at: now });
    value.catch(() => this.forget(accountId));
    return value;
  }

  forget(accountId: number): void {
    this.#answers.delete(accountId);
  }
}
