/** What Claude Code's lines say of a price beside the tokens, and why a cache had less than it might. */
import assert from "node:assert/strict";
import type { PriceTerms } from "../../core/model.ts";
import { foldClaude, type Json, MAIN, mergedTurns, responseLine } from "../../../tests/support/claude_lines.ts";

/** Without what is undefined. */
function plain(terms: PriceTerms | undefined): unknown {
  return terms && JSON.parse(JSON.stringify(terms));
}

Deno.test("claude: terms of a response", async (t) => {
  const rows: [name: string, usage: Json, terms: PriceTerms | undefined, problem?: RegExp][] = [
    ["none", {}, undefined],
    ["as 2.1.329 writes them", {
      inference_geo: "not_available",
      service_tier: "standard",
      speed: "standard",
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 3 },
    }, undefined],
    ["the standard in other words", { inference_geo: "global", service_tier: "default" }, undefined],
    ["in capitals", { inference_geo: "Global", service_tier: "AUTO" }, undefined],
    ["empty", { inference_geo: "", service_tier: "" }, undefined],
    ["null", { inference_geo: null, service_tier: null, speed: null, server_tool_use: null }, undefined],
    ["no texts", { inference_geo: 1, service_tier: {}, server_tool_use: "many" }, undefined],
    ["the US", { inference_geo: "us" }, { region: "us" }],
    ["the US in capitals", { inference_geo: " US " }, { region: "us" }],
    ["elsewhere", { inference_geo: "EU" }, { region: "eu" }, /^Unknown region "eu": priced at the standard rate$/],
    ["a batch", { service_tier: "batch" }, { tier: "batch" }],
    [
      "priority",
      { service_tier: "priority" },
      { tier: "priority" },
      /^No public price of service tier "priority": pri/,
    ],
    [
      "another tier",
      { service_tier: "Flex" },
      { tier: "flex" },
      /^Unknown service tier "flex": priced at the standard/,
    ],
    [
      "another speed",
      { speed: "turbo" },
      { tier: 'speed "turbo"' },
      /^Unknown speed "turbo": priced at the standard rate$/,
    ],
    ["no speed at all", { speed: ["fast"] }, { tier: "speed an array" }, /^Unknown speed an array: priced at/],
    ["searches", { server_tool_use: { web_search_requests: 3 } }, { webSearches: 3 }],
    ["searches null", { server_tool_use: { web_search_requests: null } }, undefined],
    [
      "negative searches",
      { server_tool_use: { web_search_requests: -1 } },
      undefined,
      /web_search_requests" is -1, .* left/,
    ],
    [
      "absurd searches",
      { server_tool_use: { web_search_requests: 1e9 } },
      undefined,
      /web_search_requests" is 1000000000, expected up to 1000 searches: left out$/,
    ],
    ["half a search", { server_tool_use: { web_search_requests: 0.5 } }, undefined, /web_search_requests" is 0.5/],
    [
      "searches as a text",
      { server_tool_use: { web_search_requests: "3" } },
      undefined,
      /web_search_requests" is "3"/,
    ],
    [
      "all",
      { inference_geo: "us", service_tier: "priority", server_tool_use: { web_search_requests: 1 } },
      { region: "us", tier: "priority", webSearches: 1 },
      /No public price/,
    ],
    [
      "two that nobody knows",
      { inference_geo: "mars", service_tier: "slow" },
      { region: "mars", tier: "slow" },
      /mars.*slow/,
    ],
  ];
  for (const [name, usage, terms, problem] of rows) {
    await t.step(name, () => {
      const { turns, problems } = foldClaude(MAIN, [responseLine({}, usage)]);
      assert.deepEqual(plain(turns[0]?.terms), terms);
      assert.deepEqual(turns[0]?.usage.output, 101);
      if (problem === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join("\n"), problem);
    });
  }
});

Deno.test("claude: what nobody knows is told once a log", () => {
  const lines = ["a", "b", "c"].map((id) => responseLine({ requestId: id }, { inference_geo: "mars" }));
  const other = responseLine({ requestId: "d" }, { inference_geo: "venus" });
  for (const reload of [false, true]) {
    assert.equal(foldClaude(MAIN, [...lines, other, ...lines], reload).problems.length, 2);
  }
  const many = Array.from({ length: 200 }, (_, n) => responseLine({}, { service_tier: `t${n}` }));
  assert.equal(foldClaude(MAIN, many).state.told?.length, 16);
});

Deno.test("claude: terms that a later line of a response leaves out stay", async (t) => {
  const rows: [name: string, usages: Json[], terms: PriceTerms | undefined][] = [
    ["absent", [{ inference_geo: "us", service_tier: "priority" }, {}], { region: "us", tier: "priority" }],
    ["late", [{}, { inference_geo: "us" }], { region: "us" }],
    ["corrected", [{ service_tier: "batch" }, { service_tier: "priority" }], { tier: "priority" }],
    ["searches grow", [
      { server_tool_use: { web_search_requests: 0 } },
      { server_tool_use: { web_search_requests: 2 } },
    ], { webSearches: 2 }],
    ["searches do not go", [
      { server_tool_use: { web_search_requests: 2 } },
      { server_tool_use: { web_search_requests: 0 } },
    ], { webSearches: 2 }],
  ];
  for (const [name, usages, terms] of rows) {
    await t.step(name, () => {
      const [turn, ...others] = mergedTurns(usages.map((usage) => responseLine({}, usage)));
      assert.deepEqual(others, []);
      assert.deepEqual(plain(turn?.terms), terms);
    });
  }
});

Deno.test("claude: why a cache had less", async (t) => {
  const rows: [name: string, diagnostics: unknown, reason: string | undefined][] = [
    ...["model_changed", "system_changed", "tools_changed", "messages_changed"].map((type): [string, Json, string] => [
      type,
      { cache_miss_reason: { type, cache_missed_input_tokens: 235000 } },
      type,
    ]),
    ["not found", { cache_miss_reason: { type: "previous_message_not_found" } }, undefined],
    ["unavailable", { cache_miss_reason: { type: "unavailable" } }, undefined],
    ["no reason", { cache_miss_reason: null }, undefined],
    ["none", null, undefined],
    ["what is none", ["model_changed"], undefined],
    ["a text", { cache_miss_reason: "model_changed" }, undefined],
  ];
  for (const [name, diagnostics, reason] of rows) {
    await t.step(name, () => {
      const { turns, problems } = foldClaude(MAIN, [responseLine({}, {}, { diagnostics })]);
      assert.deepEqual([turns[0]?.missReason, problems], [reason, []]);
    });
  }
  await t.step("stays when the next line does not say", () => {
    const diagnostics = { cache_miss_reason: { type: "tools_changed" } };
    assert.equal(mergedTurns([responseLine({}, {}, { diagnostics }), responseLine()])[0]?.missReason, "tools_changed");
  });
});
