import { createHash, randomUUID } from 'node:crypto';

import type { StoredAudio } from './audio-intake.ts';

/** A talk as the service keeps it. */
export interface Talk {
  id: string;
  connectionId: string;
  /** Only keys of the connection; those never sent are absent. */
  fields: Record<string, string>;
  audio: StoredAudio;
  createdAtMs: number;
  modifiedAtMs: number;
}

/** All talks, in the order of their uploads. */
export class TalkStore {
  readonly #talks = new Map<string, Talk>();
  readonly #salt = randomUUID();
  #lastNumber = 0;

  /** Keeps a new talk. Two uploads of one call are two talks: the service knows no idempotency. */
  add(talk: Omit<Talk, 'id' | 'modifiedAtMs'>): Talk {
    this.#lastNumber += 1;
    const added = { id: talkId(this.#salt, this.#lastNumber), ...talk, modifiedAtMs: talk.createdAtMs };
    this.#talks.set(added.id, added);
    return added;
  }

  get(id: string): Talk | undefined {
    return this.#talks.get(id);
  }

  get size(): number {
    return this.#talks.size;
  }

  all(): IterableIterator<Talk> {
    return this.#talks.values();
  }

  /** The service has no deletion; this is a talk that it lost. */
  lose(id: string): boolean {
    return this.#talks.delete(id);
  }

  clear(): void {
    this.#talks.clear();
  }
}

const ID_ALPHABET = '0123456789abcdefghijklmnopqrstuv';

/** `aud` and 17 characters, like the real ones; an id once given never comes again, after a restart neither. */
function talkId(salt: string, number: number): string {
  const digest = createHash('sha256').update(`${salt} ${number}`).digest();
  return `aud${[...digest.subarray(0, 17)].map((byte) => ID_ALPHABET.charAt(byte % 32)).join('')}`;
}
