import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../support/stage.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

interface Disturbed {
  stage: Stage;
  workers: WorkerProcess[];
  postgres: { restart(): Promise<void> };
  temporal: { restart(): Promise<void> };
}

/** What goes wrong in a soak, at random; what is frequent in life is frequent here. */
export class Disturbances {
  readonly counts: Record<string, number> = {};
  readonly #disturbed: Disturbed;
  readonly #kinds: [name: string, weight: number, cause: () => Promise<unknown>][];

  constructor(disturbed: Disturbed) {
    this.#disturbed = disturbed;
    const { stage, postgres, temporal } = disturbed;
    const fault = (fault: object) => stage.control('speechsense', 'PUT', '/faults', [{ times: 2, ...fault }]);
    const status = { kind: 'status', code: 14 };
    this.#kinds = [
      ['worker killed', 6, () => this.#replace((worker) => worker.kill9())],
      ['worker stopped', 1, () => this.#replace((worker) => worker.stop())],
      ['worker frozen', 2, () => this.#freeze()],
      ['answer lost, stored', 5, () => fault({ at: 'stored', action: status })],
      ['answer lost, not stored', 4, () => fault({ at: 'half-closed', action: { ...status, code: 13 } })],
      ['connection dropped, stored', 3, () => fault({ at: 'stored', action: { kind: 'drop' } })],
      ['reset mid-stream', 3, () => fault({ at: 'mid-stream', afterBytes: 20_000, action: { kind: 'reset' } })],
      ['GOAWAY', 2, () => fault({ action: { kind: 'goaway' } })],
      ['throttled', 2, () => fault({ action: { ...status, code: 8 } })],
      ['slow', 3, () => fault({ times: 6, action: { kind: 'slow', bytesPerSecond: 30_000 } })],
      ['SpeechSense down', 2, () => this.#down()],
      ['Postgres restarted', 1, () => postgres.restart()],
      ['Temporal restarted', 1, () => temporal.restart()],
    ];
  }

  /** Lets one thing go wrong. */
  async next(): Promise<void> {
    const sum = this.#kinds.reduce((weight, [, more]) => weight + more, 0);
    let drawn = Math.random() * sum;
    for (const [name, weight, cause] of this.#kinds) {
      drawn -= weight;
      if (drawn > 0) continue;
      this.counts[name] = (this.counts[name] ?? 0) + 1;
      await cause();
      return;
    }
  }

  /** Ends what goes on by itself. */
  async calm(): Promise<void> {
    await this.#disturbed.stage.control('speechsense', 'PUT', '/faults', []);
  }

  async #replace(end: (worker: WorkerProcess) => Promise<void>): Promise<void> {
    const { workers, stage } = this.#disturbed;
    const worker = workers.shift();
    if (worker) await end(worker);
    workers.push(await stage.startWorker());
  }

  async #freeze(): Promise<void> {
    const [worker] = this.#disturbed.workers;
    worker?.freeze();
    await pause(4_000 + Math.random() * 8_000);
    worker?.thaw();
  }

  async #down(): Promise<void> {
    const { stage } = this.#disturbed;
    await stage.control('speechsense', 'PUT', '/down', { down: true });
    await pause(3_000 + Math.random() * 4_000);
    await stage.control('speechsense', 'PUT', '/down', { down: false });
  }
}
