import { createHash } from 'node:crypto';

import { type AudioKind, probeAudio, type ProbedAudio } from './audio-probe.ts';

/** What is kept of a talk's audio. */
export interface StoredAudio extends ProbedAudio {
  container: AudioKind['container'];
  sizeBytes: number;
  /** Absent when hashing is off. */
  sha256: string | undefined;
  /** Only with `keepAudio`. */
  bytes: Buffer | undefined;
}

const HEAD_BYTES = 16 * 1024;
/** No Ogg page is longer than 65,307 bytes. */
const TAIL_BYTES = 65_536;

/** Takes an upload's audio piece by piece and keeps no more of it than its hash, size and ends. */
export class AudioIntake {
  readonly #kind: AudioKind;
  readonly #keep: boolean;
  readonly #hash: ReturnType<typeof createHash> | undefined;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer[] = [];
  #tailBytes = 0;
  sizeBytes = 0;

  constructor(kind: AudioKind, options: { hash: boolean; keep: boolean }) {
    this.#kind = kind;
    this.#keep = options.keep;
    this.#hash = options.hash ? createHash('sha256') : undefined;
  }

  take(bytes: Buffer): void {
    this.sizeBytes += bytes.length;
    this.#hash?.update(bytes);
    if (this.#head.length < HEAD_BYTES) {
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, HEAD_BYTES - this.#head.length)]);
    }
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    if (this.#keep) return;
    for (let first = this.#tail[0]; first !== undefined && this.#tailBytes - first.length >= TAIL_BYTES;) {
      this.#tail.shift();
      this.#tailBytes -= first.length;
      first = this.#tail[0];
    }
  }

  finish(): StoredAudio {
    const all = Buffer.concat(this.#tail);
    return {
      container: this.#kind.container,
      sizeBytes: this.sizeBytes,
      sha256: this.#hash?.digest('hex'),
      bytes: this.#keep ? all : undefined,
      ...probeAudio(this.#kind, this.#head, all.subarray(-TAIL_BYTES), this.sizeBytes),
    };
  }
}
