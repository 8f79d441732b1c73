import { setTimeout as pause } from 'node:timers/promises';

export interface ShiftResult {
  /** How many calls have come to an end. */
  settled: number;
  /** Calls that met trouble which may pass: each goes on by itself. */
  troubled: number[];
  /** Calls that were not begun. */
  left: number[];
}

/** How a shift deals with calls. `Claimed` is a call that it holds. */
export interface ShiftWork<Claimed> {
  /** Takes hold of calls with one statement. Those that need nothing any more are missing from the answer. */
  claim(callIds: readonly number[]): Promise<Claimed[]>;
  idOf(claimed: Claimed): number;
  /** Brings a call to its end. @throws what keeps it from its end; the call is given back by then. */
  carry(claimed: Claimed): Promise<unknown>;
  /** Gives calls back that were not begun. */
  giveBack(claimed: readonly Claimed[]): Promise<unknown>;
  /** Whether an error concerns every call, so that none is begun any more. */
  endsShift(error: unknown): boolean;
}

export interface ShiftOptions {
  callIds: readonly number[];
  /** Calls under way at once. */
  lanes: number;
  /** After so long no call is begun, unless a slow one keeps the shift anyway. */
  lengthMs?: number;
}

/** Enough that claiming costs little for a call, and few that a killed shift held back are unsent. */
const CLAIMED_AT_ONCE = 16;
/** Other exports wait for a place meanwhile. */
const LENGTH_MS = 3_000;
const LOOK_MS = 250;

/**
 * Carries calls some at a time, each in a lane: a slow call holds its own lane only. A shift is short, so that other
 * exports get its place; it goes on only while a slow call would keep the place anyway.
 *
 * @throws the first error that ends the shift, after what was under way has come to its end.
 */
export async function runShift<Claimed>(work: ShiftWork<Claimed>, options: ShiftOptions): Promise<ShiftResult> {
  const shift = new Shift(work, options);
  return shift.run();
}

class Shift<Claimed> {
  readonly #work: ShiftWork<Claimed>;
  readonly #lanes: number;
  readonly #lengthMs: number;
  readonly #queue: number[];
  #claimed: Claimed[] = [];
  #claiming: Promise<void> | undefined;
  /** When each call under way was begun. */
  readonly #begun = new Map<number, number>();
  readonly #startedAt = performance.now();
  #settled = 0;
  readonly #troubled: number[] = [];
  readonly #ending = new AbortController();

  constructor(work: ShiftWork<Claimed>, { callIds, lanes, lengthMs = LENGTH_MS }: ShiftOptions) {
    this.#work = work;
    this.#queue = [...callIds];
    this.#lanes = lanes;
    this.#lengthMs = lengthMs;
  }

  async run(): Promise<ShiftResult> {
    await Promise.all(Array.from({ length: this.#lanes }, () => this.#lane()));
    const unbegun = this.#claimed.splice(0);
    if (unbegun.length > 0) await this.#work.giveBack(unbegun);
    this.#ending.signal.throwIfAborted();
    const left = [...unbegun.map((claimed) => this.#work.idOf(claimed)), ...this.#queue];
    return { settled: this.#settled, troubled: this.#troubled, left };
  }

  async #lane(): Promise<void> {
    for (let claimed = await this.#next(); claimed !== undefined; claimed = await this.#next()) {
      const callId = this.#work.idOf(claimed);
      this.#begun.set(callId, performance.now());
      try {
        await this.#work.carry(claimed);
        this.#settled++;
      } catch (error) {
        if (this.#work.endsShift(error)) this.#end(error);
        else this.#troubled.push(callId);
      } finally {
        this.#begun.delete(callId);
      }
    }
  }

  async #next(): Promise<Claimed | undefined> {
    while (this.#hasMore() && (await this.#goesOn())) {
      const claimed = this.#claimed.shift();
      if (claimed !== undefined) return claimed;
      if (this.#queue.length > 0) this.#claiming ??= this.#claimMore().finally(() => (this.#claiming = undefined));
      await this.#claiming;
    }
    return undefined;
  }

  #hasMore(): boolean {
    return this.#claimed.length > 0 || this.#queue.length > 0 || this.#claiming !== undefined;
  }

  async #claimMore(): Promise<void> {
    const callIds = this.#queue.splice(0, CLAIMED_AT_ONCE);
    try {
      const claimed = await this.#work.claim(callIds);
      this.#settled += callIds.length - claimed.length;
      this.#claimed.push(...claimed);
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    this.#ending.abort(error);
  }

  /** Beyond its length it waits for what is under way, and goes on once that is slow. */
  async #goesOn(): Promise<boolean> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const now = performance.now();
      if (now - this.#startedAt < this.#lengthMs) return true;
      const begun = [...this.#begun.values()];
      if (begun.length === 0) return false;
      if (begun.some((at) => now - at >= this.#lengthMs)) return true;
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }
}
