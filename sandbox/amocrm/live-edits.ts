import type { Account } from './account.ts';

/** Colleagues who work while a client reads: notes that it has read already are edited and so change their place. */
export class LiveEdits {
  readonly #account: Account;
  #read: number[] = [];

  constructor(account: Account) {
    this.#account = account;
  }

  /** Call once a page has been made, so that it still shows the notes as they were. */
  afterPage(noteIds: number[]): void {
    const { switches, world } = this.#account;
    if (switches.editsPerNotesPage === 0) return;
    this.#read.push(...noteIds);
    for (const noteId of this.#read.splice(0, switches.editsPerNotesPage)) world.patchNote(noteId, {});
  }
}
