/**
 * What opens the page: the address that a browser is given holds a ticket, good once and for a minute, and never the key.
 * Other users of the machine see the arguments of a browser in the list of processes.
 */
import { isSameSecret } from "../core/secret.ts";
import { makeSecret } from "../host/make_secret.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";

const TICKET_MS: DurationMs = 60_000;

export class Tickets {
  readonly #now: () => EpochMs;
  /** When each one ends. */
  readonly #open = new Map<string, EpochMs>();

  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  issue(): string {
    this.#forget();
    const ticket = makeSecret();
    this.#open.set(ticket, this.#now() + TICKET_MS);
    return ticket;
  }

  /** Takes it away. @returns false for one that was used, ran out, or never was */
  redeem(given: string): boolean {
    this.#forget();
    // All are looked at, whichever it is.
    const [ticket] = [...this.#open.keys()].filter((ticket) => isSameSecret(given, ticket));
    return ticket !== undefined && this.#open.delete(ticket);
  }

  #forget(): void {
    const now = this.#now();
    for (const [ticket, endsAt] of this.#open) if (endsAt <= now) this.#open.delete(ticket);
  }
}
