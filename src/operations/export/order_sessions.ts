/**
 * The sessions that changed since the last export, in order of time, and what is remembered of all of them. Numbers in
 * arrays: some forty bytes a session, where a list of objects has ten times as many.
 */
import { createHash } from "node:crypto";
import { cleanText } from "../../core/clean_text.ts";
import type { EpochMs } from "../../core/model.ts";
import { SessionStamps } from "../../export/session_stamps.ts";
import type { SessionList, SessionLister } from "../../scan/index/ask/list_sessions.ts";

/** All sessions of an index by their names, and which of them have been read. */
export class SessionOrder {
  readonly #list: SessionList;
  /** Places in the list, those of one name behind each other: in the order of names, and of ids. */
  readonly #places: Uint32Array;
  /** Of each name, where its places begin; and behind the last. */
  readonly #starts: Uint32Array;
  /** Of each name, what changes with any of its sessions. */
  readonly #stamps: Uint32Array;
  /** Of each name, 1 where none of its sessions need be read the next time. */
  readonly #isRead: Uint8Array;

  constructor(sessions: Pick<SessionLister, "list">) {
    this.#list = sessions.list(nameOfSession);
    const { ids, names, marks } = this.#list;
    this.#places = Uint32Array.from(ids.keys()).sort((a, b) => names[a]! - names[b]! || a - b);
    const starts: number[] = [];
    for (let at = 0; at < this.#places.length; at++) {
      if (at === 0 || names[this.#places[at]!] !== names[this.#places[at - 1]!]) starts.push(at);
    }
    this.#starts = Uint32Array.from([...starts, ids.length]);
    this.#stamps = Uint32Array.from(starts, (_, name) => stampOf(this.#placesOf(name).map((place) => marks[place]!)));
    this.#isRead = new Uint8Array(starts.length);
  }

  /** How many names there are. */
  get #count(): number {
    return this.#isRead.length;
  }

  #placesOf(name: number): Uint32Array {
    return this.#places.subarray(this.#starts[name], this.#starts[name + 1]);
  }

  #hashOf(name: number): number {
    return this.#list.names[this.#places[this.#starts[name]!]!]!;
  }

  /**
   * Names with a session that is not as it was, in order of time, so that a month's file is written once.
   *
   * @param before What the last export read: the rest of them is remembered as read
   * @param since Names that were used last before it are left out
   */
  changedSince(before: SessionStamps, since: EpochMs): Uint32Array {
    const starts = new Float64Array(this.#count);
    let length = 0;
    const changed = new Uint32Array(this.#count);
    for (let name = 0; name < this.#count; name++) {
      this.#isRead[name] = Number(before.of(this.#hashOf(name)) === this.#stamps[name]);
      if (this.#isRead[name] === 1) continue;
      let isLate = false;
      starts[name] = Infinity;
      for (const place of this.#placesOf(name)) {
        const { startedAt: { [place]: start = NaN }, lastActivityAt: { [place]: last = NaN } } = this.#list;
        starts[name] = Math.min(starts[name]!, Number.isNaN(start) ? 0 : start);
        isLate ||= !(last < since);
      }
      if (isLate) changed[length++] = name;
    }
    return changed.subarray(0, length).sort((a, b) => starts[a]! - starts[b]! || a - b);
  }

  /** The rows of the index that have a name, in their order: nearly always one. */
  idsOf(name: number): readonly number[] {
    return Array.from(this.#placesOf(name), (place) => this.#list.ids[place]!);
  }

  markRead(name: number): void {
    this.#isRead[name] = 1;
  }

  /** Whether there is a session of a name. @param sessionId As a row has it */
  has(source: string, sessionId: string): boolean {
    const hash = nameOfSession(source, sessionId);
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#hashOf(middle) < hash) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#hashOf(low) === hash;
  }

  /** Whether nothing has to be read the next time. */
  get isWhole(): boolean {
    return this.#isRead.every((isRead) => isRead === 1);
  }

  /** Of all names that need not be read the next time unless they change. */
  get stamps(): SessionStamps {
    const read = Uint32Array.from(this.#isRead.keys()).filter((name) => this.#isRead[name] === 1);
    return new SessionStamps(
      Float64Array.from(read, (name) => this.#hashOf(name)),
      read.map((name) => this.#stamps[name]!),
    );
  }
}

/** 48 bits, and the same whichever row of the index it has. */
function nameOfSession(source: string, sessionId: string): number {
  return createHash("sha256").update(`${source}\0${cleanText(sessionId)}`).digest().readUIntBE(0, 6);
}

/** That of a single one is its mark. @param marks Whichever rows they are of */
function stampOf(marks: Uint32Array): number {
  return marks.sort().reduce((stamp, mark) => (Math.imul(stamp, 0x9e3779b1) + mark) >>> 0, 0);
}
