const MAX_COOKIES = 50;
const MAX_COOKIE_CHARACTERS = 4_096;

interface Cookie {
  value: string;
  isSecure: boolean;
}

/**
 * The cookies of one fetch: some telephonies set one with a redirect and want it at its target. Each goes back to the
 * very host and port that set it, whatever domain it names, and all are forgotten with the fetch.
 */
export class Cookies {
  readonly #byHost = new Map<string, Map<string, Cookie>>();
  #left = MAX_COOKIES;

  /** Takes those of an answer: lines of `Set-Cookie`. */
  take({ host, protocol }: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const [, name = '', value = ''] = /^\s*([^\s=,]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
      const isSecure = attributes.some((attribute) => /^\s*secure\s*$/i.test(attribute));
      if (name === '' || pair.length > MAX_COOKIE_CHARACTERS || (isSecure && protocol !== 'https:')) continue;
      if (this.#left-- <= 0) return;
      const cookies = this.#byHost.get(host) ?? new Map<string, Cookie>();
      this.#byHost.set(host, cookies);
      if (attributes.some((attribute) => /^\s*max-age\s*=\s*(0+|-\d+)\s*$/i.test(attribute))) cookies.delete(name);
      else cookies.set(name, { value, isSecure });
    }
  }

  /** The value of a request's `Cookie`; undefined where its host has set none. */
  for({ host, protocol }: URL): string | undefined {
    const fitting = [...(this.#byHost.get(host) ?? [])].filter(
      ([, { isSecure }]) => !isSecure || protocol === 'https:',
    );
    return fitting.length === 0 ? undefined : fitting.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }
}
