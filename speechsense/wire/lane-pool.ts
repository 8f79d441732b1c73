import type { SpeechSenseEndpoint } from './endpoint.ts';
import { Lane } from './lane.ts';

/**
 * Lanes that are used again: there are as many as uploads ever ran at once, which the worker bounds. The lane used last
 * is given out first, so that warm connections stay warm and the others are left for the server to close.
 */
export class LanePool {
  readonly #endpoint: SpeechSenseEndpoint;
  readonly #all = new Set<Lane>();
  readonly #free: Lane[] = [];

  constructor(endpoint: SpeechSenseEndpoint) {
    this.#endpoint = endpoint;
  }

  /** Runs `work` with a lane of its own. */
  async use<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.#free.pop() ?? this.#add();
    try {
      return await work(lane);
    } finally {
      this.#free.push(lane);
    }
  }

  /** Cuts every lane, the busy ones too. */
  close(): void {
    for (const lane of this.#all) lane.cut();
  }

  #add(): Lane {
    const lane = new Lane(this.#endpoint);
    this.#all.add(lane);
    return lane;
  }
}
