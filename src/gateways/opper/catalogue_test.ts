/** Which models there are, where they come from, and what is kept of them. The network is a function, files are real. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { MODELS } from "../../../tests/support/account_gateway.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import { BUILT_IN_MODELS } from "./built_in_models.ts";
import { CATALOGUE_LIFETIME_MS, loadCatalogue, readModel, usdPerMillion } from "./catalogue.ts";
import { createOpperClient } from "./client.ts";
import { GatewayError } from "../request_json.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";
const HOST = "https://gateway.example";
const NOW = Date.UTC(2026, 10, 21, 8);

Deno.test("usdPerMillion moves the point, and rounds nothing", async (t) => {
  const rows: [perToken: unknown, usd: number | undefined][] = [
    // Times a million in binary, these two would be 0.30000000000000004 and 1.1000000000000003.
    ["0.0000003", 0.3],
    ["0.0000011", 1.1],
    ["3e-7", 0.3],
    ["1.25E-6", 1.25],
    ["0.00000375", 3.75],
    ["0.000003", 3],
    [" 0.000015 ", 15],
    [".000003", 3],
    ["1", 1_000_000],
    [0.0000003, 0.3],
    ["0", 0],
    [0, 0],
    ["-1", undefined],
    ["", undefined],
    ["free", undefined],
    ["0x1", undefined],
    ["1e999", undefined],
    ["NaN", undefined],
    [NaN, undefined],
    [null, undefined],
    [undefined, undefined],
    [["0.1"], undefined],
  ];
  for (const [perToken, usd] of rows) {
    await t.step(JSON.stringify(perToken) ?? "undefined", () => strictEqual(usdPerMillion(perToken), usd));
  }
});

Deno.test("readModel", async (t) => {
  const opper = { type: "llm", capabilities: ["tools"], max_output_tokens: 10 };
  const plain = { id: "m", contextWindow: 100, maxOutputTokens: 10, vision: false, reasoning: [], price: {} };
  const row = { id: "m", context_length: 100, opper };
  const rows: [name: string, row: Record<string, unknown>, model: object | undefined][] = [
    ["least", row, plain],
    ["all", {
      ...row,
      name: "Model M",
      pricing: {
        prompt: "0.000003",
        completion: "0.000015",
        input_cache_read: "0.0000003",
        input_cache_write: "0.00000375",
      },
      opper: { ...opper, capabilities: ["vision", "tools"], reasoning: { supported: ["none", "low", 7, "max"] } },
    }, {
      ...plain,
      name: "Model M",
      vision: true,
      reasoning: ["none", "low", "max"],
      price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    }],
    ["a price that is free is known", { ...row, pricing: { prompt: "0", completion: null } }, {
      ...plain,
      price: { input: 0 },
    }],
    ["only no reasoning", { ...row, opper: { ...opper, reasoning: { supported: ["none"] } } }, plain],
    ["no tools", { ...row, opper: { ...opper, capabilities: ["vision"] } }, undefined],
    ["no language model", { ...row, opper: { ...opper, type: "embedding" } }, undefined],
    ["no opper", { id: "m", context_length: 100 }, undefined],
    ["no id", { ...row, id: "" }, undefined],
    ["answers as long as the context", { ...row, context_length: 10 }, undefined],
    ["no longest answer", { ...row, opper: { ...opper, max_output_tokens: 0 } }, undefined],
    ["half a token", { ...row, context_length: 100.5 }, undefined],
    ["a text for a number", { ...row, context_length: "100" }, undefined],
    ["no context", { ...row, context_length: null }, undefined],
  ];
  for (const [name, row, model] of rows) await t.step(name, () => deepStrictEqual(readModel(row), model));
});

interface World {
  readonly cachePath: string;
  /** Loads at a time, with what the network does then. */
  load(
    at: number,
    network: () => Promise<Response>,
    who?: { host?: string; apiKey?: string },
  ): ReturnType<typeof loadCatalogue>;
  readonly asked: () => number;
}

async function inWorld(body: (world: World) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const cachePath = join(directory, "agent/catalogue.json");
    let asked = 0;
    await body({
      cachePath,
      asked: () => asked,
      load: (now, network, { host = HOST, apiKey = CANARY } = {}) =>
        loadCatalogue({
          client: createOpperClient({
            host,
            apiKey,
            fetch() {
              asked++;
              return network();
            },
          }),
          cachePath,
          now,
        }),
    });
  });
}

const answers = (data: readonly unknown[] = MODELS) => () => Promise.resolve(Response.json({ data }));
const refuses = () => Promise.resolve(Response.json({ detail: "no" }, { status: 401 }));
const isDown = () => Promise.reject(new TypeError("network is down"));

Deno.test("loadCatalogue asks once a day", () =>
  inWorld(async ({ load, asked, cachePath }) => {
    const first = await load(NOW, answers());
    deepStrictEqual([first.origin, first.fetchedAt, first.problem], ["gateway", NOW, undefined]);
    deepStrictEqual(first.models.map(({ id }) => id), ["anthropic/claude-sonnet-4.6", "acme/plain"]);
    deepStrictEqual(first.models[1]!.price, {});

    deepStrictEqual(await load(NOW + CATALOGUE_LIFETIME_MS - 1, isDown), { ...first, origin: "cache" });
    strictEqual(asked(), 1);

    const later = NOW + CATALOGUE_LIFETIME_MS;
    strictEqual((await load(later, answers(MODELS.slice(1)))).origin, "gateway");
    strictEqual(asked(), 2);
    // Kept at another time of the clock than now: from the future.
    strictEqual((await load(NOW, answers())).origin, "gateway");

    const kept = await Deno.readTextFile(cachePath);
    ok(!kept.includes(CANARY));
    strictEqual((await Deno.stat(cachePath)).mode! & 0o777, 0o600);
  }));

Deno.test("loadCatalogue keeps hosts and keys apart", () =>
  inWorld(async ({ load, asked }) => {
    const other = { host: "https://other.example" };
    await load(NOW, answers());
    strictEqual((await load(NOW, answers(MODELS.slice(1)), other)).origin, "gateway");
    deepStrictEqual((await load(NOW, isDown, other)).models.map(({ id }) => id), ["acme/plain"]);
    strictEqual((await load(NOW, isDown)).models.length, 2);
    strictEqual(asked(), 2);
    // Another key must be tried out, whatever is known of the host.
    await rejects(load(NOW, refuses, { apiKey: "op-refused" }), (error) =>
      error instanceof GatewayError && error.failure === "refused");
    strictEqual((await load(NOW, isDown, { apiKey: "op-untried" })).origin, "stale_cache");
  }));

Deno.test("loadCatalogue falls back", async (t) => {
  const rows: [name: string, network: () => Promise<Response>, problem: RegExp][] = [
    ["network down", isDown, /^https:\/\/gateway\.example cannot be reached\.$/],
    ["server error", () => Promise.resolve(new Response("", { status: 503 })), /status 503/],
    ["no JSON", () => Promise.resolve(new Response("<html>")), /did not answer with JSON/],
    ["no usable model", answers(MODELS.slice(2)), /lists no model that an agent can use/],
    ["no model", answers([]), /lists no model that an agent can use/],
  ];
  for (const [name, network, problem] of rows) {
    await t.step(name, () =>
      inWorld(async ({ load }) => {
        const without = await load(NOW, network);
        deepStrictEqual([without.origin, without.fetchedAt, without.models], ["built_in", undefined, BUILT_IN_MODELS]);
        match(without.problem!, problem);

        const { models } = await load(NOW, answers());
        const stale = await load(NOW + 9 * CATALOGUE_LIFETIME_MS, network);
        deepStrictEqual([stale.origin, stale.fetchedAt, stale.models], ["stale_cache", NOW, models]);
        match(stale.problem!, problem);
      }));
  }

  await t.step("but not from a refusal", () =>
    inWorld(async ({ load }) => {
      await load(NOW, answers());
      await rejects(load(NOW + CATALOGUE_LIFETIME_MS, refuses), (error) =>
        error instanceof GatewayError && error.failure === "refused");
    }));

  for (
    const text of [
      "",
      "{",
      "null",
      `{"version":2,"hosts":{}}`,
      `{"version":1,"hosts":{"${HOST}":{"fetchedAt":${NOW}}}}`,
    ]
  ) {
    await t.step(
      `over a cache that is ${JSON.stringify(text).slice(0, 30)}`,
      () =>
        inWorld(async ({ load, cachePath }) => {
          await Deno.mkdir(join(cachePath, ".."));
          await Deno.writeTextFile(cachePath, text);
          strictEqual((await load(NOW, isDown)).origin, "built_in");
          strictEqual((await load(NOW, answers())).origin, "gateway");
          strictEqual((await load(NOW, isDown)).origin, "cache");
        }),
    );
  }

  await t.step("over models that are no models", () =>
    inWorld(async ({ load, cachePath }) => {
      await load(NOW, answers());
      const kept = await Deno.readTextFile(cachePath);
      await Deno.writeTextFile(cachePath, kept.replace(`"contextWindow":32768`, `"contextWindow":"many"`));
      strictEqual((await load(NOW, isDown)).origin, "built_in");
    }));

  await t.step("and goes on when nothing can be kept", () =>
    inWorld(async ({ load, cachePath }) => {
      await Deno.writeTextFile(join(cachePath, ".."), "a file where the directory should be");
      const catalogue = await load(NOW, answers());
      deepStrictEqual([catalogue.origin, catalogue.models.length], ["gateway", 2]);
      match(catalogue.problem!, /could not be (made|written|read)/);
    }));
});

Deno.test("the built-in models are usable, and promise no price", () => {
  strictEqual(BUILT_IN_MODELS[0]!.id, "claude-opus-4-7");
  for (const { contextWindow, maxOutputTokens, price } of BUILT_IN_MODELS) {
    ok(contextWindow > maxOutputTokens && maxOutputTokens > 0);
    deepStrictEqual(price, {});
  }
});
