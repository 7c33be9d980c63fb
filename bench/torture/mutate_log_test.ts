/** Harm by seed: the same each time, of every kind, and harm at all. */
import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Draws } from "../corpus_generator/draws.ts";
import { DAMAGES, mixPages } from "./damage_file.ts";
import { drawRequest } from "./hostile_requests.ts";
import { replaceValue } from "./hostile_values.ts";
import { linesOf, mutateLog, MUTATIONS } from "./mutate_log.ts";

const LOG = new TextEncoder().encode(
  Array.from(
    { length: 12 },
    (_, number) =>
      JSON.stringify({ type: "message", id: `m${number}`, usage: { input: number * 10, output: 5 }, text: "Grüße" }),
  )
    .join("\n") + "\n",
);
const OTHER = new TextEncoder().encode('{"type":"session","id":"other"}\n{"type":"x"}');
const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);

Deno.test("every mutation harms, and the same seed harms the same way", async (t) => {
  for (const { name, apply } of MUTATIONS) {
    await t.step(name, () => {
      const harmed = SEEDS.map((seed) => apply(LOG, new Draws(seed), OTHER));
      deepStrictEqual(SEEDS.map((seed) => apply(LOG, new Draws(seed), OTHER)), harmed);
      ok(harmed.some((bytes) => `${bytes}` !== `${LOG}`), "nothing changed");
    });
  }
});

Deno.test("mutateLog() names what it did, and takes a log of which nothing is left", () => {
  const { bytes, names } = mutateLog(LOG, new Draws(5), OTHER);
  deepStrictEqual(mutateLog(LOG, new Draws(5), OTHER), { bytes, names });
  ok(names.length > 0 && names.every((name) => MUTATIONS.some((mutation) => mutation.name === name)));
  deepStrictEqual(mutateLog(new Uint8Array(0), new Draws(5), OTHER), { bytes: new Uint8Array(0), names: [] });
});

Deno.test("replaceValue() leaves JSON of another value, and what is no JSON as it is", () => {
  const [line] = linesOf(LOG);
  for (const seed of SEEDS) {
    const text = new TextDecoder().decode(replaceValue(line!, new Draws(seed)));
    notDeepStrictEqual(text, new TextDecoder().decode(line));
    JSON.parse(text);
  }
  strictEqual(replaceValue(OTHER.subarray(3), new Draws(1)).length, OTHER.length - 3);
});

Deno.test("every damage harms a file, and the same seed harms the same way", async (t) => {
  const file = Uint8Array.from({ length: 5 * 4096 }, (_, at) => 32 + (at * 31 + (at >> 12)) % 90);
  for (const { name, apply } of DAMAGES) {
    await t.step(name, () => {
      const harmed = SEEDS.map((seed) => apply(file, new Draws(seed)));
      deepStrictEqual(SEEDS.map((seed) => apply(file, new Draws(seed))), harmed);
      ok(harmed.some((bytes) => bytes.length !== file.length || bytes.some((byte, at) => byte !== file[at])));
    });
  }
});

Deno.test("mixPages() takes each page from one of the two", () => {
  const [a, b] = [new Uint8Array(6 * 4096).fill(1), new Uint8Array(4 * 4096).fill(2)];
  const shares = SEEDS.map((seed) => {
    const mixed = mixPages(a, b, new Draws(seed));
    ok([a.length, b.length].includes(mixed.length));
    const pages = Array.from(
      { length: mixed.length / 4096 },
      (_, page) => mixed.slice(page * 4096, page * 4096 + 4096),
    );
    ok(pages.every((page) => page.every((byte) => byte === page[0])));
    return pages.filter(([byte]) => byte === 1).length;
  });
  ok(new Set(shares).size > 2, `${shares}`);
});

Deno.test("drawRequest() draws lines, the same for the same seed", () => {
  for (const seed of SEEDS) {
    const request = drawRequest(new Draws(seed), 7);
    deepStrictEqual(drawRequest(new Draws(seed), 7), request);
    ok(!request.bytes.includes(10), "a line within a line");
  }
});
