/** The JSON of sessions that the index has ready (sums/ready_session.ts), for answers that list most of them. */
import { empiricalDropoff } from "../../../core/cache/empirical_dropoff.ts";
import type { LifetimeTable } from "../../../core/cache/strategy.ts";
import { isoTime } from "../../../core/iso_time.ts";
import { toSafeJson } from "../../../core/json/safe_json.ts";
import type { DurationMs, EpochMs } from "../../../core/model.ts";
import { PART_SEPARATOR, READY_PARTS } from "../sums/ready_session.ts";
import type { IndexStore } from "../tables/store.ts";
import { type IndexedSession, LazyReport } from "./lazy_report.ts";
import { MANY_SESSIONS } from "./session_bodies.ts";

const SELECT_MANY =
  `SELECT '[' || group_concat(id) || ']' AS ids, MAX(id) AS last, group_concat(text, char(10)) AS texts
  FROM (SELECT id, text FROM ready_sessions WHERE id > ? ORDER BY id LIMIT ?)`;

const SELECT_SOME = `SELECT '[' || group_concat(id) || ']' AS ids, group_concat(text, char(10)) AS texts FROM (
  SELECT r.id, r.text FROM json_each(?) wanted CROSS JOIN ready_sessions r ON r.id = wanted.value)`;

interface Texts {
  readonly ids: string | null;
  readonly texts: string | null;
}

/** Never more than {@linkcode MANY_SESSIONS} at once. */
function* readAll(store: IndexStore): Generator<Texts> {
  for (let last: number | null = -1; last !== null;) {
    const texts: Texts & { readonly last: number | null } = store.get(SELECT_MANY, last, MANY_SESSIONS)!;
    yield texts;
    last = texts.last;
  }
}

function* readSome(store: IndexStore, ids: readonly number[]): Generator<Texts> {
  for (let from = 0; from < ids.length; from += MANY_SESSIONS) {
    yield store.get<Texts>(SELECT_SOME, JSON.stringify(ids.slice(from, from + MANY_SESSIONS)))!;
  }
}

/** What is put into the texts of one model's sessions. */
interface Lifetime {
  readonly coldFromMs: DurationMs;
  readonly ttlMs: DurationMs;
  readonly start: string;
  readonly end: string;
}

export class ReadySessions {
  readonly #now: EpochMs;
  readonly #lifetimes: LifetimeTable;
  readonly #parts: readonly (readonly string[])[];
  /** By row: in which list its parts are, and where. */
  readonly #places = new Map<number, number>();
  readonly #learned = new Map<string, Lifetime | undefined>();

  /** @param wanted Ids of those that are asked for. @default all */
  constructor(store: IndexStore, now: EpochMs, lifetimes: LifetimeTable, wanted?: readonly number[]) {
    this.#now = now;
    this.#lifetimes = lifetimes;
    const lists: string[][] = [];
    for (const { ids: list, texts } of wanted === undefined ? readAll(store) : readSome(store, wanted)) {
      if (list === null || texts === null) continue;
      const ids = JSON.parse(list) as number[];
      for (const [place, id] of ids.entries()) this.#places.set(id, lists.length * MANY_SESSIONS + place);
      lists.push(texts.split(PART_SEPARATOR));
    }
    this.#parts = lists;
  }

  /** Undefined when it has to be made: its cache may be warm, or what it cost rests on more than its turns. */
  textOf(report: IndexedSession, shortId: string): string | undefined {
    if (!(report instanceof LazyReport) || report.hasOtherCosts) return undefined;
    const place = this.#places.get(report.id);
    if (place === undefined) return undefined;
    const parts = this.#parts[Math.floor(place / MANY_SESSIONS)]!;
    const from = READY_PARTS * (place % MANY_SESSIONS);
    const since = Number(parts[from + 3]);
    const model = parts[from + 4]!;
    if (this.#now < since) return undefined;
    const start = parts[from]! + toSafeJson(shortId) + parts[from + 1]!;
    if (model === "") return start;
    const lifetime = this.#lifetimeOf(model);
    if (lifetime === undefined || this.#now - since < lifetime.coldFromMs) return undefined;
    const expiresAt = isoTime(since + lifetime.ttlMs);
    const expiry = expiresAt === undefined ? "" : `,"expiresAt":"${expiresAt}"`;
    return start + lifetime.start + expiry + lifetime.end + parts[from + 2]!;
  }

  /** Undefined when it is not known. @param name JSON of provider and model */
  #lifetimeOf(name: string): Lifetime | undefined {
    if (this.#learned.has(name)) return this.#learned.get(name);
    const [provider, model] = JSON.parse(name) as [string, string];
    const anchor = { model: { provider, model }, at: 0, tokens: 1, oneHourTokens: 0 };
    const cold = empiricalDropoff.stateAt(anchor, Number.MAX_SAFE_INTEGER, this.#lifetimes);
    const lifetime = cold.state !== "cold" || cold.ttlMs === undefined || cold.evidence?.coldFromMs === undefined
      ? undefined
      : {
        coldFromMs: cold.evidence.coldFromMs,
        ttlMs: cold.ttlMs,
        start: `,"ttlMs":${JSON.stringify(cold.ttlMs)}`,
        end: `,"evidence":${toSafeJson(cold.evidence)}`,
      };
    this.#learned.set(name, lifetime);
    return lifetime;
  }
}
