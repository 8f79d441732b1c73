import { setTimeout as delay } from 'node:timers/promises';

export interface Part {
  name: string;
  pid?: number;
  /** What it said before its end. */
  lastWords?: () => string;
  stop: () => Promise<void>;
}

const LOOK_MS = 1_000;

/** What a start has brought up, ended in the reverse order. */
export class RunningParts {
  readonly #parts: Part[] = [];
  #ending = false;

  /** @throws Error when everything is being ended already; the part is ended first. */
  async add(part: Part): Promise<void> {
    if (this.#ending) {
      await part.stop();
      throw new Error(`${part.name} came too late`);
    }
    this.#parts.push(part);
  }

  /** Resolves with the first part whose process ends by itself. */
  async firstDeath(): Promise<Part> {
    for (;;) {
      const dead = this.#ending ? undefined : this.#parts.find(({ pid }) => pid !== undefined && !isAlive(pid));
      if (dead) return dead;
      await delay(LOOK_MS, undefined, { ref: false });
    }
  }

  async end(say: (line: string) => void): Promise<void> {
    this.#ending = true;
    for (const { name, stop } of this.#parts.reverse()) {
      await stop().catch((error: unknown) => say(`${name}: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
}

/** Our own children only: one that has ended is collected at once, so its id answers no more. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
