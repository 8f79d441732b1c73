import type { Account } from '../account.ts';
import { type HookOutcome, sendDisconnectHook, sendInstallHook } from '../hooks.ts';
import { readWidgetArchive, type WidgetArchive } from './widget-archive.ts';

/** The integration of this account: its widget, and whether somebody has switched it on. */
export class Installation {
  #widget: WidgetArchive | undefined;
  /** The values of the settings window; undefined while the widget is off. */
  #settings: Record<string, string> | undefined;
  #lastHook: HookOutcome | undefined;
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  get widget(): WidgetArchive | undefined {
    return this.#widget;
  }

  get settings(): Record<string, string> | undefined {
    return this.#settings;
  }

  /** What the integration's server answered when it was told last. */
  get lastHook(): HookOutcome | undefined {
    return this.#lastHook;
  }

  /** The archive field of the integration's form. @throws UnusableArchiveError */
  upload(zip: Uint8Array): WidgetArchive {
    this.#widget = readWidgetArchive(zip);
    return this.#widget;
  }

  /** The Save button: the install hook goes out when the widget is switched on, not when its settings change. */
  async save(settings: Record<string, string>, host: string): Promise<void> {
    const isNew = this.#settings === undefined;
    this.#settings = settings;
    if (isNew) this.#lastHook = await sendInstallHook(this.#account, host);
  }

  async disable(disconnectUri: string): Promise<void> {
    if (this.#settings === undefined) return;
    this.#settings = undefined;
    this.#lastHook = await sendDisconnectHook(this.#account, disconnectUri);
  }
}
