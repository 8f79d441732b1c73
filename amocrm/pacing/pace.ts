import { setTimeout as pause } from 'node:timers/promises';
import { ExportError } from '../../errors/export-error.ts';
import { SharedClock } from './shared-clock.ts';
import { WaitingLine } from './waiting-line.ts';

/** Leave for one request to go out now. */
export interface Turn {
  /** Asked right before the request is written: where the turn's moment has passed, waits for another one. */
  due(): Promise<void>;
  /**
   * Tells how the request fared, once: with an answer, with its error, or not at all (nobody can tell). Never fails: the
   * answer may be a pair of tokens that exists nowhere else.
   */
  end(fared: Fared): Promise<void>;
}

type Fared = 'answered' | 'unknown' | ExportError;

/** Waits for the next turn; every request takes one. */
export type Pace = (signal?: AbortSignal) => Promise<Turn>;

/** Interactive requests, for which a person waits, go before bulk ones, an export's. */
export type Priority = 'interactive' | 'bulk';

interface TurnRequest {
  accountId: number;
  client: string;
  requestsPerSecond: number;
  interactive: boolean;
  place?: Date | undefined;
}

type Refusal = 'amocrm_throttled' | 'amocrm_blocked';

/** What the processes share about an account's requests; the ledger keeps it. */
export interface SharedPace {
  takeTurn(
    turn: TurnRequest,
  ): Promise<
    | { granted: true; nowMs: number; waitMs: number; probe: boolean }
    | { granted: false; nowMs: number; waitMs: number; place: Date; reason: Refusal | null }
  >;
  refused(accountId: number, reason: Refusal, retryAfterMs?: number): Promise<void>;
  settleProbe(accountId: number, answered: boolean): Promise<void>;
}

interface PacedAccount {
  accountId: number;
  /** The integration that asks: amoCRM counts requests by it. A long-lived token counts as one of its own. */
  client: string;
  priority: Priority;
}

export type AmocrmPaces = (account: PacedAccount) => Pace;

/** A longer rest of the account is not waited for here: the step ends with what amoCRM asked, and comes back then. */
const PATIENCE_MS = { interactive: 5_000, bulk: 60_000 };

/**
 * A request that leaves later than its moment comes too close to the next one. Half a slot keeps six requests a second below
 * amoCRM's seven in every second; below 50 ms it would be timers and not a process that was held up.
 */
const tooLateMs = (requestsPerSecond: number) => Math.max(500 / requestsPerSecond, 50);

/** For requests that belong to no account yet. */
export const UNPACED: Pace = () => Promise.resolve({ due: () => Promise.resolve(), end: () => Promise.resolve() });

/**
 * The pace of this process's requests: one per process, because bulk requests of an account stand in a line here, of
 * which only the first one asks for a turn. So they come in order, and each process has one place in the shared line.
 *
 * @param requestsPerSecond of each (account, client), whatever the number of processes.
 */
export function createAmocrmPaces(shared: SharedPace, requestsPerSecond: number): AmocrmPaces {
  const lines = new Map<string, BulkLine>();
  const clock = new SharedClock();
  return ({ accountId, client, priority }) => {
    const ask = async (place?: Date) => {
      const interactive = priority === 'interactive';
      const answer = await shared.takeTurn({ accountId, client, requestsPerSecond, interactive, place });
      clock.observe(answer.nowMs);
      const isLate = () => clock.lateMs(answer.nowMs + answer.waitMs) > tooLateMs(requestsPerSecond);
      return { ...answer, isLate };
    };
    const tell = async (fared: Fared, probe: boolean) => {
      if (fared instanceof ExportError && isRefusal(fared.code)) {
        await shared.refused(accountId, fared.code, fared.retryAfterMs);
      } else if (probe) {
        await shared.settleProbe(accountId, isAnswer(fared));
      }
    };
    const key = `${accountId}:${client}`;
    const line = lines.get(key) ?? new BulkLine();
    lines.set(key, line);

    return async (signal) => {
      const take = () =>
        priority === 'bulk' ? line.turn(ask, signal) : untilGranted(ask, PATIENCE_MS.interactive, signal);
      let granted = await take();
      return {
        due: async () => {
          while (isLost(granted)) granted = await take();
        },
        end: async (fared) => {
          // A probe that is never settled lapses by itself; who was refused and could not say so is refused again.
          await tell(fared, granted.probe).catch(() => undefined);
        },
      };
    };
  };
}

type Answer = Awaited<ReturnType<SharedPace['takeTurn']>> & { isLate: () => boolean };
type Ask = (place?: Date) => Promise<Answer>;
type Granted = Extract<Answer, { granted: true }>;

/**
 * A turn that this process slept through is given back: its moment is lost, and the account is asked more slowly. A
 * probe is alone and may be late.
 */
function isLost({ probe, isLate }: Granted): boolean {
  return !probe && isLate();
}

/** The bulk requests of this process to one account. Its place in the shared line outlives a waiter who was stopped. */
class BulkLine {
  readonly #line = new WaitingLine();
  #place: Date | undefined;

  async turn(ask: Ask, signal?: AbortSignal): Promise<Granted> {
    const leave = await this.#line.enter(signal);
    try {
      const asking = async () => {
        const answer = await ask(this.#place);
        this.#place = answer.granted ? undefined : answer.place;
        return answer;
      };
      return await untilGranted(asking, PATIENCE_MS.bulk, signal);
    } finally {
      leave();
    }
  }
}

async function untilGranted(ask: Ask, patienceMs: number, signal?: AbortSignal): Promise<Granted> {
  // Since when a rest is waited for: in many short waits while somebody else's request tries whether it is over.
  let since: number | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (!answer.granted && answer.reason !== null) {
      since ??= performance.now();
      if (performance.now() - since + answer.waitMs > patienceMs) {
        throw new ExportError(answer.reason, { retryAfterMs: Math.ceil(answer.waitMs) });
      }
    } else {
      since = undefined;
    }
    // A timer may fire up to a millisecond early.
    if (answer.waitMs > 0) await pause(Math.ceil(answer.waitMs) + 1, undefined, signal ? { signal } : {});
    if (answer.granted && !isLost(answer)) return answer;
  }
}

/** amoCRM's own word, be it a yes or a no. */
function isAnswer(fared: Fared): boolean {
  if (fared instanceof ExportError) return fared.code !== 'amocrm_unavailable' && fared.code !== 'amocrm_bad_answer';
  return fared === 'answered';
}

function isRefusal(code: ExportError['code']): code is Refusal {
  return code === 'amocrm_throttled' || code === 'amocrm_blocked';
}
