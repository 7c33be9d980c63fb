/**
 * A text of a real session, to be told again of many sessions: what names something has other names, times are others, and
 * where somebody speaks there is as much text as people and models write. All else stays, to the byte.
 */
import type { Draws } from "../corpus_generator/draws.ts";
import type { TextPool } from "../corpus_generator/text_pool.ts";

/** Between one copy and the one before it. */
const COPY_MS = 20 * 60_000;
/** Copies and names that ids have room for. */
const MOST_COPIES = 1 << 20;
const MOST_NAMES = 1 << 12;

type Slot = (copy: number) => string;

/** What all texts of one source have in common. */
export class Retelling {
  readonly #numbers = new Map<string, number>();
  readonly #pattern: RegExp;

  /** @param names What sessions and their parts are called by, wherever it stands */
  constructor(readonly draws: Draws, readonly pool: TextPool, names: readonly string[]) {
    const shorts = names.filter((name) => UUID.test(name)).map((name) => name.slice(0, 8));
    const known = [...new Set([...names, ...shorts])].toSorted((a, b) => b.length - a.length).map(escapeRegExp);
    this.#pattern = new RegExp(
      [
        ...known.length === 0 ? [] : [`(?<name>${known.join("|")})`],
        '(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b[a-z]{2,12}_(?=[0-9A-Za-z]*\\d)[0-9A-Za-z]{8,}(?!":)\\b)',
        "(?<ms>\\b1[5-9]\\d{11}\\b)",
        "(?<iso>\\b20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z)",
        // Where somebody speaks.
        '(?<said>(?<!\\\\)"(?:text|content|output|thinking|transformedContent|detailedContent)":\\s?")',
      ].join("|"),
      "g",
    );
  }

  /** @param text Of a session, as its agent wrote it */
  templateOf(text: string): Template {
    const parts: (string | Slot)[] = [];
    let at = 0;
    for (const match of text.matchAll(this.#pattern)) {
      if (match.index < at) continue;
      parts.push(text.slice(at, match.index), this.#slotOf(match.groups!));
      at = match.index + match[0].length;
    }
    parts.push(text.slice(at));
    return new Template(parts);
  }

  #slotOf({ name, id, ms, iso, said }: Record<string, string | undefined>): Slot {
    const called = name ?? id;
    if (called !== undefined) return this.#nameSlot(called);
    if (ms !== undefined) return (copy) => String(Number(ms) - copy * COPY_MS);
    if (iso !== undefined) return (copy) => new Date(Date.parse(iso) - copy * COPY_MS).toISOString();
    return () => said + this.pool.text(this.draws.heavyTail(300, 1.3, 20, 200_000));
  }

  /** Of the same length where it is long enough, and no other's. The beginning of a UUID is of its own, too. */
  #nameSlot(called: string): Slot {
    const isUuid = UUID.test(called);
    const beginning = isUuid ? called.slice(0, 8) : called;
    const number = this.#numbers.get(beginning) ?? this.#numbers.size;
    if (number >= MOST_NAMES) throw new Error(`More than ${MOST_NAMES} names`);
    this.#numbers.set(beginning, number);
    if (isUuid || /^[0-9a-f]{8}$/.test(called)) {
      return (copy) => (number * MOST_COPIES + copy).toString(16).padStart(8, "0") + called.slice(8);
    }
    const kept = called.length < 12 ? called : called.slice(0, -8);
    const digits = number.toString(36).padStart(3, "0");
    return (copy) => kept + digits + copy.toString(36).padStart(5, "0");
  }
}

export class Template {
  constructor(readonly parts: readonly (string | Slot)[]) {}

  /** @param copy From 0 */
  tell(copy: number): string {
    let text = "";
    for (const part of this.parts) text += typeof part === "string" ? part : part(copy);
    return text;
  }
}

/** A number of a database that may be a time, in seconds since 1970 or in milliseconds. */
export function retellNumber(value: number, copy: number): number {
  if (value > 1.5e9 && value < 2e9) return value - copy * COPY_MS / 1000;
  return value > 1.5e12 && value < 2e12 ? value - copy * COPY_MS : value;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
