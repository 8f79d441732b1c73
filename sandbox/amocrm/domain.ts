import { type Answer, nginxPage, unauthorized } from './answers.ts';

export interface Renaming {
  /** Host and port of the account from now on; it must lead to this sandbox, as `localhost:port` does. */
  domain: string;
  subdomain: string;
  /** What other hosts answer: both were seen of accounts that moved. */
  formerStatus: 401 | 404;
}

/**
 * Where the account lives. The sandbox is one socket with many names, so any host is the account's until it is renamed;
 * then only requests whose Host header is the new domain reach it.
 */
export class Domain {
  #renaming: Renaming | undefined;
  readonly #subdomain: string;

  constructor(subdomain: string) {
    this.#subdomain = subdomain;
  }

  get subdomain(): string {
    return this.#renaming?.subdomain ?? this.#subdomain;
  }

  /** Undefined takes a renaming back. */
  rename(renaming: Renaming | undefined): void {
    this.#renaming = renaming;
  }

  /** The account's host, as told to a client that asked at this one. */
  at(host: string): string {
    return this.#renaming?.domain ?? host;
  }

  /** What a host answers that is the account's no more. */
  gone(host: string): Answer | undefined {
    if (this.#renaming === undefined || this.#renaming.domain === host) return undefined;
    return this.#renaming.formerStatus === 401 ? unauthorized() : nginxPage(404);
  }
}
