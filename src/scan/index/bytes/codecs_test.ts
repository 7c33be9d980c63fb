import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { seededRandom } from "../../../../tests/support/random.ts";
import { type OddValues, oddValues } from "../../../../tests/support/odd_values.ts";
import type { CacheMiss } from "../../../core/cache/misses.ts";
import type { GapSample } from "../../../core/cache/strategy.ts";
import type { Cost, ModelRef, TokenUsage, TotalCount } from "../../../core/model.ts";
import type { RollupState } from "../../../core/rollup.ts";
import { type LogBucket, QUARTER_MS } from "../sums/usage_buckets.ts";
import { decodeFacts, decodeState, encodeSaid } from "../sums/said_of_log.ts";
import { ByteReader } from "./byte_reader.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import { ByteWriter } from "./byte_writer.ts";
import { decodeEntries, encodeEntries } from "./entry_codec.ts";
import { KNOWN_TEXTS } from "./known_texts.ts";
import { decodeBuckets } from "./part_buckets.ts";
import { decodeMissCosts, decodeMisses, decodeSamples, encodePart } from "./part_codec.ts";
import { decodeRollupState, encodeRollupState } from "./rollup_codec.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");

function usageOf({ number }: OddValues): TokenUsage {
  return { input: number(), cacheRead: number(), cacheWrite: number(), cacheWrite1h: number(), output: number() };
}

function costOf({ number, text }: OddValues, random: () => number): Cost {
  const basis = (["none", "reported", "computed", "mixed"] as const)[Math.floor(random() * 4)]!;
  const cost = { usd: number(), basis, unpricedTurns: number() };
  const standard = random() < 0.3 ? { standardRateTurns: number() } : {};
  const sellers = random() < 0.5 ? [text()] : [text(), text(), "__proto__"];
  const credits = random() < 0.3 ? { credits: Object.fromEntries(sellers.map((name) => [name, number()])) } : {};
  return { ...cost, ...standard, ...credits };
}

function totalsOf({ number }: OddValues, random: () => number): { readonly totals?: TotalCount } {
  if (random() < 0.7) return {};
  return { totals: random() < 0.5 ? { count: number() } : { count: number(), requests: number() } };
}

function modelOf({ text }: OddValues, random: () => number): ModelRef {
  return random() < 0.5 ? { provider: "anthropic", model: "claude-opus-4-6" } : { provider: text(), model: text() };
}

function rollupOf(odd: OddValues, random: () => number): RollupState {
  const { number, text } = odd;
  const list = <T>(make: () => T) => Array.from({ length: Math.floor(random() * 4) }, make);
  const sum = () => ({
    turns: number(),
    ...totalsOf(odd, random),
    usage: usageOf(odd),
    cost: costOf(odd, random),
    firstAt: number(),
    lastAt: number(),
  });
  const model = () => modelOf(odd, random);
  const total = sum();
  const isOne = random() < 0.5;
  const state: RollupState = {
    total,
    models: isOne ? [{ model: model(), sum: structuredClone(total) }] : list(() => ({ model: model(), sum: sum() })),
    sums: isOne ? [{ chain: "main", sum: structuredClone(total) }] : list(() => ({ chain: text(), sum: sum() })),
    prefixes: list(() => ({
      chain: text(),
      prefix: {
        held: {
          ...{ model: model(), at: number(), tokens: number(), oneHourTokens: number() },
          ...(random() < 0.3 ? { hidesWrites: true as const } : {}),
          ...(random() < 0.3 ? { expiresAt: number() } : {}),
        },
        last: { at: number(), model: model(), usage: usageOf(odd) },
        writing: list(model),
        silent: list(model),
      },
    })),
    rates: list(() => {
      const rate = () => ({ usdPerMillion: number(), at: number(), promptTokens: number() });
      return {
        ...model(),
        ...(random() < 0.5 ? { input: rate() } : {}),
        ...(random() < 0.5 ? { cacheWrite: rate() } : {}),
      };
    }),
    lastAt: number(),
    largestPrompt: number(),
  };
  return random() < 0.3 ? { ...state, copied: number() } : state;
}

function samplesOf(odd: OddValues, random: () => number): GapSample[] {
  return Array.from({ length: Math.floor(random() * 6) }, () => ({
    model: modelOf(odd, random),
    at: random() < 0.5 ? AT + Math.floor(random() * 1e9) : odd.number(),
    gapMs: odd.number(),
    survived: random() < 0.5,
  }));
}

function bucketsOf(odd: OddValues, random: () => number): LogBucket[] {
  let at = AT;
  return Array.from({ length: Math.floor(random() * 6) }, () => {
    at += QUARTER_MS * Math.floor(random() * 100);
    const firstAt = at + Math.floor(random() * QUARTER_MS);
    const times = random() < 0.7
      ? { at, firstAt, lastAt: firstAt + 5, endedAt: firstAt + Math.floor(random() * 1e6) - 1000 }
      : { at: odd.number(), firstAt: odd.number(), lastAt: odd.number(), endedAt: odd.number() };
    const sums = { turns: odd.number(), ...totalsOf(odd, random), usage: usageOf(odd), cost: costOf(odd, random) };
    const savings = { savedUsd: odd.number(), unknownSavings: Math.floor(random() * 3) };
    const losses = { misses: odd.number(), tokens: odd.number(), usd: odd.number(), unpriced: odd.number() };
    const lost = times.at === at && times.firstAt === firstAt && random() < 0.3 ? { lost: losses } : {};
    return { model: modelOf(odd, random), ...sums, ...savings, ...lost, ...times };
  });
}

function missesOf(odd: OddValues, random: () => number): CacheMiss[] {
  const { number } = odd;
  const causes: CacheMiss["known"][] = [undefined, "model_changed", "compacted", "system_changed", "messages_changed"];
  return Array.from({ length: Math.floor(random() * 5) }, (): CacheMiss => {
    const known = causes[Math.floor(random() * causes.length)];
    const model = modelOf(odd, random);
    const at = random() < 0.5 ? AT + Math.floor(random() * 1e9) : number();
    const held = { model: random() < 0.5 ? model : modelOf(odd, random), at: number(), tokens: number() };
    return {
      ...{ at, gapMs: number(), model, cacheRead: number(), cacheWrite: number(), cacheWrite1h: number() },
      ...{ promptTokens: number(), ...(known === undefined ? {} : { known }) },
      ...(random() < 0.5 ? { endedAt: number() } : {}),
      ...(random() < 0.5 ? { usd: number() } : {}),
      held: {
        ...{ ...held, oneHourTokens: number() },
        ...(random() < 0.3 ? { hidesWrites: true as const } : {}),
        ...(random() < 0.3 ? { expiresAt: number() } : {}),
      },
    };
  });
}

function entriesOf(random: () => number): BigUint64Array<ArrayBuffer> {
  const whole = (bits: number) => BigInt(Math.floor(random() * 2 ** bits));
  const count = Math.floor(random() * 30);
  return BigUint64Array.from(
    { length: count },
    () => random() < 0.2 ? whole(53) : whole(40) << 24n | (random() < 0.5 ? whole(11) : whole(24)),
  ).sort();
}

function withOneZero(value: unknown): unknown {
  if (typeof value === "number") return value + 0;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withOneZero);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withOneZero(member)]));
}

interface Codec {
  readonly make: (odd: OddValues, random: () => number) => unknown;
  readonly encode: (value: never) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

const CODECS: Readonly<Record<string, Codec>> = {
  rollup: { make: rollupOf, encode: encodeRollupState, decode: decodeRollupState },
  part: {
    make: (odd, random) => [samplesOf(odd, random), bucketsOf(odd, random), missesOf(odd, random)],
    encode: (part: [GapSample[], LogBucket[], CacheMiss[]]) => encodePart(...part),
    decode: (bytes) => [decodeSamples(bytes), decodeBuckets(bytes), decodeMisses(bytes)],
  },
  said: {
    // What a source says survives JSON, which has one zero.
    make: ({ value }) => withOneZero([{ sessionId: "s", more: value(2) }, value(5)]),
    encode: ([facts, state]: [never, unknown]) => encodeSaid(facts, state),
    decode: (bytes) => [decodeFacts(bytes), decodeState(bytes)],
  },
  entries: { make: (_, random) => entriesOf(random), encode: encodeEntries, decode: decodeEntries },
};

Deno.test("what is decoded is what was encoded, to the last bit", async (t) => {
  for (const [name, { make, encode, decode }] of Object.entries(CODECS)) {
    await t.step(name, () => {
      const random = seededRandom(11);
      const odd = oddValues(random);
      for (let round = 0; round < 2000; round++) {
        const value = make(odd, random);
        deepStrictEqual(decode(encode(value as never)), value);
      }
    });
  }
});

Deno.test("what misses cost is read without the rest of them", () => {
  const random = seededRandom(14);
  const odd = oddValues(random);
  for (let round = 0; round < 1000; round++) {
    const part = encodePart(samplesOf(odd, random), bucketsOf(odd, random), missesOf(odd, random));
    deepStrictEqual(decodeMissCosts(part), decodeMisses(part).map(({ model, usd }) => ({ model, usd })));
  }
});

Deno.test("bytes that nobody wrote are read to an end, or are an error that says so", async (t) => {
  for (const [name, { make, encode, decode }] of Object.entries(CODECS)) {
    await t.step(name, () => {
      const random = seededRandom(12);
      const odd = oddValues(random);
      const whole = (below: number) => Math.floor(random() * below);
      let damaged = 0;
      for (let round = 0; round < 3000; round++) {
        let bytes = encode(make(odd, random) as never).slice();
        const kind = whole(4);
        if (kind === 0) bytes = bytes.subarray(0, whole(bytes.length));
        else if (kind === 1) {
          for (let count = whole(20); count >= 0; count--) bytes[whole(bytes.length)] = whole(256);
        } else if (kind === 2) bytes = Uint8Array.from({ length: whole(300) }, () => whole(256));
        else bytes = Uint8Array.from([...bytes, ...Array.from({ length: whole(9) }, () => whole(256))]);
        try {
          decode(bytes);
        } catch (error) {
          ok(error instanceof DamagedBytesError, String(error));
          damaged++;
        }
      }
      ok(damaged > 300, `${damaged} damaged`);
    });
  }
});

Deno.test("a part's buckets outside of a range are left out, and no others", () => {
  const random = seededRandom(13);
  const odd = oddValues(random);
  for (let round = 0; round < 500; round++) {
    const buckets = bucketsOf(odd, random);
    const bytes = encodePart(samplesOf(odd, random), buckets);
    const [since, until, asOf] = [0, 1, 2].map(() => AT + Math.floor(random() * 400) * QUARTER_MS) as [
      number,
      number,
      number,
    ];
    deepStrictEqual(
      decodeBuckets(bytes, { since, until, asOf }),
      buckets.filter(({ firstAt, lastAt }) => !(lastAt < since || firstAt >= until || firstAt > asOf)),
    );
  }
});

Deno.test("a number takes few bytes", async (t) => {
  const writer = new ByteWriter();
  const rows: [name: string, write: () => void, bytes: number][] = [
    ["a small count", () => writer.count(63), 1],
    ["tokens", () => writer.count(130_000), 3],
    ["a time near another", () => writer.time(AT + 900, AT), 2],
    ["dollars", () => writer.money(1.186838365), 5],
    ["no dollars", () => writer.money(0), 1],
    ["dollars that are no decimal", () => writer.money(0.1 + 0.2), 9],
  ];
  for (const [name, write, bytes] of rows) {
    await t.step(name, () => {
      writer.begin();
      write();
      strictEqual(writer.length, bytes);
    });
  }
});

Deno.test("a varint is read as it was written, and one that does not end is not", () => {
  const writer = new ByteWriter();
  for (let bits = 0; bits <= 53; bits++) {
    for (const value of [2 ** bits - 1, Math.min(2 ** bits, Number.MAX_SAFE_INTEGER)]) {
      writer.begin();
      writer.varint(value);
      strictEqual(new ByteReader(writer.take()).varint(), value);
    }
  }
  for (const length of [0, 1, 4, 8, 20]) {
    throws(() => new ByteReader(new Uint8Array(length).fill(255)).varint(), DamagedBytesError);
  }
});

Deno.test("no known text is there twice", () => {
  strictEqual(new Set(KNOWN_TEXTS).size, KNOWN_TEXTS.length);
});
