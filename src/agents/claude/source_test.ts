/** Claude Code's logs: every rule of the source by itself, then the real sessions against their known totals. */
import assert from "node:assert/strict";
import { NO_USAGE, type TokenUsage } from "../../core/model.ts";
import {
  boundary,
  foldClaude as fold,
  type Json,
  MAIN,
  mergedTurns,
  ms,
  onlyTurn,
  requestLine,
  responseLine,
  SESSION,
  SUBAGENT,
} from "../../../tests/support/claude_lines.ts";
import { makeMachine } from "../../host/environment.ts";
import type { RecordedTurn } from "../source.ts";
import { logs } from "./places.ts";
import { claudeSource } from "./source.ts";

/** Above the projects of a session of Claude Desktop. */
const COWORK = "0f0f/1e1e/local_77/.claude/projects";

Deno.test("claude: roots", async (t) => {
  const desktop = (config: string): string[] => [
    `${config}/Claude/local-agent-mode-sessions`,
    "/home/u/Library/Application Support/Claude/local-agent-mode-sessions",
  ];
  const defaults = ["/home/u/.config/claude/projects", "/home/u/.claude/projects"];
  const usual = desktop("/home/u/.config");
  const cases: [string, Record<string, string>, string[], string[]][] = [
    ["defaults", {}, defaults, usual],
    ["XDG_CONFIG_HOME", { XDG_CONFIG_HOME: "/x/" }, ["/x/claude/projects", "/home/u/.claude/projects"], desktop("/x")],
    ["an override replaces the command line's defaults", { CLAUDE_CONFIG_DIR: "/c" }, ["/c/projects"], usual],
    ["a list", { CLAUDE_CONFIG_DIR: "~/a, /b/ ,,~" }, [
      "/home/u/a/projects",
      "/b/projects",
      "/home/u/projects",
      // As the tool itself takes it.
      "/work/~/a, /b/ ,,~/projects",
    ], usual],
    ["a home that no shell expanded", { CLAUDE_CONFIG_DIR: "~/a" }, [
      "/home/u/a/projects",
      "/work/~/a/projects",
    ], usual],
    ["in quotes", { CLAUDE_CONFIG_DIR: '"$HOME/a"' }, ["/home/u/a/projects", '/work/"$HOME/a"/projects'], usual],
    ["projects is taken as it is", { CLAUDE_CONFIG_DIR: "/c/projects/" }, ["/c/projects"], usual],
    ["but not a name that only ends so", { CLAUDE_CONFIG_DIR: "/myprojects" }, ["/myprojects/projects"], usual],
    ["relative to the working directory", { CLAUDE_CONFIG_DIR: "./c" }, ["/work/c/projects"], usual],
    ["once each", { CLAUDE_CONFIG_DIR: "/c,/c/,/c/projects" }, [
      "/c/projects",
      "/c,/c/,/c/projects",
    ], usual],
    ["empty counts as none", { CLAUDE_CONFIG_DIR: " , " }, defaults, usual],
    ["a configuration directory below ~", { XDG_CONFIG_HOME: "~/x" }, [
      "/home/u/x/claude/projects",
      "/home/u/.claude/projects",
    ], desktop("/home/u/x")],
    ["both", { CLAUDE_CONFIG_DIR: "/c", XDG_CONFIG_HOME: "x" }, ["/c/projects"], desktop("/work/x")],
    ["Windows", { APPDATA: "C:\\Users\\u\\AppData\\Roaming\\" }, defaults, [
      ...usual,
      "C:\\Users\\u\\AppData\\Roaming/Claude/local-agent-mode-sessions",
    ]],
    ["an empty APPDATA", { APPDATA: " " }, defaults, usual],
  ];
  for (const [name, env, cli, others] of cases) {
    await t.step(name, () => {
      assert.deepEqual(logs.roots(makeMachine({ home: "/home/u", cwd: "/work", env })), [...cli, ...others]);
    });
  }
});

Deno.test("claude: matches", async (t) => {
  const cases: [string, boolean][] = [
    [MAIN, true],
    ["-srv-work/agent-a78eb7ae.jsonl", true],
    [SUBAGENT, true],
    [`-srv-work/${SESSION}/subagents/workflows/wf_1/agent-a1.jsonl`, true],
    [`-srv-work/${SESSION}/subagents/workflows/wf_1/journal.jsonl`, false],
    [`-srv-work/${SESSION}/subagents/agent-a1.meta.json`, false],
    [`-srv-work/${SESSION}/tool-results/agent-a1.jsonl`, false],
    [`-srv-work/${SESSION}/chat.jsonl`, false],
    [`${SESSION}.jsonl`, false],
    ["-srv-work/subagents/agent-a1.jsonl", true],
    ["-srv-work/subagents/chat.jsonl", false],
    [`-srv-work/x/y/subagents/agent-a1.jsonl`, false],
    [`${COWORK}/${MAIN}`, true],
    [`${COWORK}/${SUBAGENT}`, true],
    [`${COWORK}/-srv-work/agent-a1.jsonl`, true],
    [`${COWORK}/-srv-work/memory/notes.jsonl`, false],
    ["0f0f/1e1e/local_77/audit.jsonl", false],
    ["0f0f/1e1e/local_77/.claude/history.jsonl", false],
    ["0f0f/1e1e/local_77.jsonl", false],
    ["0f0f/audit.jsonl", false],
    [`${MAIN}.zst`, false],
    ["-srv-work/.jsonl", false],
    ["", false],
  ];
  for (const [path, expected] of cases) {
    await t.step(`${path || "(empty)"} ${expected}`, () => assert.equal(logs.stores[0].matches(path), expected));
  }
});

Deno.test("claude: usage", async (t) => {
  const base = { input: 11, cacheRead: 10001, cacheWrite: 501, cacheWrite1h: 0, output: 101 };
  const cases: [string, Json, Json, TokenUsage][] = [
    ["five-minute writes", {}, {}, base],
    [
      "one-hour writes",
      { cache_creation: { ephemeral_1h_input_tokens: 501, ephemeral_5m_input_tokens: 0 } },
      {},
      { ...base, cacheWrite: 0, cacheWrite1h: 501 },
    ],
    // 501 in all, 200 of them for an hour: 301 remain.
    [
      "the lifetimes add up to less: the rest is five minutes",
      { cache_creation: { ephemeral_1h_input_tokens: 200, ephemeral_5m_input_tokens: 1 } },
      {},
      { ...base, cacheWrite: 301, cacheWrite1h: 200 },
    ],
    [
      "the lifetimes add up to more: the total wins",
      { cache_creation: { ephemeral_1h_input_tokens: 9000, ephemeral_5m_input_tokens: 9000 } },
      {},
      { ...base, cacheWrite: 0, cacheWrite1h: 501 },
    ],
    [
      "no total: the lifetimes are it",
      {
        cache_creation_input_tokens: undefined,
        cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 4 },
      },
      {},
      { ...base, cacheWrite: 4, cacheWrite1h: 3 },
    ],
    ["no lifetimes", { cache_creation: undefined }, {}, base],
    [
      "no lifetimes, an hour requested",
      { cache_creation: undefined },
      { promptCacheRequested: "1h" },
      { ...base, cacheWrite: 0, cacheWrite1h: 501 },
    ],
    [
      "a line of 1.0",
      {
        cache_creation: undefined,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: undefined,
        server_tool_use: { web_search_requests: 0 },
        service_tier: "standard",
      },
      {},
      { ...base, cacheRead: 0, cacheWrite: 0 },
    ],
  ];
  for (const [name, usage, fields, expected] of cases) {
    await t.step(name, () => {
      const turn = onlyTurn(fold(MAIN, [responseLine(fields, usage)]));
      assert.deepEqual(turn.usage, expected);
    });
  }
});

Deno.test("claude: a count that cannot be is left out, and the others stay", async (t) => {
  const base = { input: 11, cacheRead: 10001, cacheWrite: 501, cacheWrite1h: 0, output: 101 };
  const counts: [string, Json, RegExp | undefined, TokenUsage][] = [
    [
      "negative",
      { output_tokens: -5 },
      /^"message\.usage\.output_tokens" is -5, expected a whole number of tokens: left out; the rest counts$/,
      { ...base, output: 0 },
    ],
    ["a fraction", { input_tokens: 1.5 }, /usage\.input_tokens" is 1\.5/, { ...base, input: 0 }],
    ["absurd", { cache_read_input_tokens: 1e12 }, /usage\.cache_read_input_tokens" is 1000000000000/, {
      ...base,
      cacheRead: 0,
    }],
    ["a text; the lifetimes are the total", { cache_creation_input_tokens: "12" }, /_input_tokens" is "12"/, base],
    ["an object", { input_tokens: {} }, /usage\.input_tokens" is an object/, { ...base, input: 0 }],
    ["true", { input_tokens: true }, /usage\.input_tokens" is true/, { ...base, input: 0 }],
    [
      "in the lifetimes",
      { cache_creation: { ephemeral_1h_input_tokens: -1 } },
      /usage\.cache_creation\.ephemeral_1h_input_tokens" is -1/,
      base,
    ],
    ["two", { input_tokens: -1, output_tokens: "x" }, /usage\.input_tokens" is -1.*usage\.output_tokens" is "x"/, {
      ...base,
      input: 0,
      output: 0,
    }],
    ["null is none", { input_tokens: null }, undefined, { ...base, input: 0 }],
    ["missing", { input_tokens: undefined }, undefined, { ...base, input: 0 }],
  ];
  for (const [name, usage, problem, expected] of counts) {
    await t.step(name, () => {
      const folded = fold(MAIN, [responseLine({}, usage)]);
      assert.deepEqual(onlyTurn(folded).usage, expected);
      if (problem === undefined) assert.deepEqual(folded.problems, []);
      else assert.match(folded.problems.join("\n"), problem);
    });
  }
  await t.step("nothing that is left is a problem and no turn", () => {
    const folded = fold(MAIN, [responseLine({}, {}, { usage: { input_tokens: -1, output_tokens: null } })]);
    assert.deepEqual(folded.turns, []);
    assert.match(folded.problems.join(), /usage\.input_tokens" is -1, expected a whole number of tokens: left out$/);
  });
  await t.step("what a line before it had stays", () => {
    const lines = [responseLine(), responseLine({}, { output_tokens: -1, cache_read_input_tokens: "many" })];
    assert.deepEqual(mergedTurns(lines).map(({ usage }) => usage), [base]);
  });
});

Deno.test("claude: lines that nobody billed give no turn and no problem", async (t) => {
  const noUsage = {
    input_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 0,
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
  };
  const cases: [string, Json][] = [
    ["synthetic", responseLine({}, {}, { model: "<synthetic>" })],
    ["an error of the API", responseLine({ isApiErrorMessage: true })],
    ["all counts zero", responseLine({}, noUsage)],
    ["no usage", responseLine({}, {}, { usage: undefined })],
    ["usage of a sub-agent in its caller's tool result", {
      type: "user",
      uuid: "u",
      sessionId: SESSION,
      timestamp: "2026-11-20T23:47:08.000Z",
      message: { role: "user", content: [{ type: "tool_result", content: '{"type":"assistant","usage":{}}' }] },
      toolUseResult: { status: "completed", totalTokens: 900, usage: { input_tokens: 800, output_tokens: 100 } },
    }],
    ["a sub-agent's response mirrored as progress", {
      type: "progress",
      data: { type: "agent_progress", message: responseLine() },
      sessionId: SESSION,
      timestamp: "2026-11-20T23:47:08.000Z",
    }],
    ["a fork's cumulative cost-state", {
      type: "cost-state",
      sessionId: SESSION,
      totalCostUSD: 0.0479,
      modelUsage: { "claude-sonnet-4-5": { inputTokens: 65, outputTokens: 515 } },
    }],
  ];
  for (const [name, line] of cases) {
    await t.step(name, () => {
      const folded = fold(MAIN, [line]);
      assert.deepEqual([folded.turns, folded.problems], [[], []]);
    });
  }
});

Deno.test("claude: a response in fast mode is one of a model of its own", async (t) => {
  const rows: [name: string, speed: unknown, model: string, found: string][] = [
    ["fast", "fast", "claude-opus-5", "claude-opus-5-fast"],
    ["named by a gateway", "fast", "claude-opus-5-fast", "claude-opus-5-fast"],
    ["standard", "standard", "claude-opus-5", "claude-opus-5"],
    ["not said", undefined, "claude-opus-5", "claude-opus-5"],
    ["not known", ["fast"], "claude-opus-5", "claude-opus-5"],
  ];
  for (const [name, speed, model, found] of rows) {
    await t.step(name, () => {
      const { turns } = fold(MAIN, [responseLine({}, { speed }, { model })]);
      assert.deepEqual(turns[0]?.model, { provider: "anthropic", model: found });
    });
  }
});

Deno.test("claude: identity, provider, reported cost and lifetime of a turn", async (t) => {
  const usage = {};
  const cases: [string, Json, Json, Partial<RecordedTurn>][] = [
    ["key and replay key", {}, {}, {
      key: "msg_000190b5d429e86c7adbcf:req_bb54b8482b8b534400c011c8",
      replayKey: "msg_000190b5d429e86c7adbcf",
      replay: undefined,
      chain: "main",
      copied: undefined,
      model: { provider: "anthropic", model: "claude-sonnet-4-5" },
      reported: undefined,
      requestedTtlMs: undefined,
    }],
    ["no request id", { requestId: undefined }, {}, {
      key: `msg_000190b5d429e86c7adbcf@${ms("2026-11-20T23:47:07.692Z")}#6b8e4bc6-e71a-464f-a710-d3c61370c2f9`,
      unrequested: true,
    }],
    ["a request reference", { requestRef: "r1" }, {}, { key: "msg_000190b5d429e86c7adbcf:r1", unrequested: undefined }],
    ["no message id", {}, { id: undefined }, { key: ":req_bb54b8482b8b534400c011c8", replayKey: undefined }],
    ["no id but the line's", { requestId: undefined }, { id: undefined }, {
      key: "6b8e4bc6-e71a-464f-a710-d3c61370c2f9",
      unrequested: undefined,
    }],
    ["no model", {}, { model: null }, { model: { provider: "unknown", model: "unknown" } }],
    ["Bedrock by model", {}, { model: "us.anthropic.claude-opus-4-20250514-v1:0" }, {
      model: { provider: "amazon-bedrock", model: "us.anthropic.claude-opus-4-20250514-v1:0" },
    }],
    ["Bedrock by model, no region", {}, { model: "anthropic.claude-3-5-haiku-20241022-v1:0" }, {
      model: { provider: "amazon-bedrock", model: "anthropic.claude-3-5-haiku-20241022-v1:0" },
    }],
    ["Bedrock by inference profile", {}, { model: "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x" }, {
      model: { provider: "amazon-bedrock", model: "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x" },
    }],
    ["Bedrock by message", {}, { id: "msg_bdrk_01WuFz" }, {
      model: { provider: "amazon-bedrock", model: "claude-sonnet-4-5" },
    }],
    ["Vertex by model", {}, { model: "claude-sonnet-4-5@20250929" }, {
      model: { provider: "google-vertex", model: "claude-sonnet-4-5@20250929" },
    }],
    ["Vertex by message", {}, { id: "msg_vrtx_011Cf" }, {
      model: { provider: "google-vertex", model: "claude-sonnet-4-5" },
    }],
    ["cost of 1.0", { costUSD: 0.0123 }, {}, { reported: { usd: 0.0123 } }],
    ["cost of nothing", { costUSD: 0 }, {}, { reported: { usd: 0 } }],
    ["cost that cannot be", { costUSD: -1 }, {}, { reported: undefined }],
    ["cost that is no number", { costUSD: null }, {}, { reported: undefined }],
    ["absurd cost", { costUSD: 1e308 }, {}, { reported: undefined }],
    ["five minutes requested", { promptCacheRequested: "5m" }, {}, { requestedTtlMs: 300_000 }],
    ["an hour requested", { promptCacheRequested: "1h" }, {}, { requestedTtlMs: 3_600_000 }],
    ["a lifetime that is not known", { promptCacheRequested: "1d" }, {}, { requestedTtlMs: undefined }],
    ["side chain of an old version", { isSidechain: true }, {}, { chain: "sidechain", replay: true }],
    ["side chain with an id", { isSidechain: true, agentId: "a1" }, {}, { chain: "a1", replay: true }],
  ];
  for (const [name, fields, message, expected] of cases) {
    await t.step(name, () => {
      const turn: Partial<RecordedTurn> = onlyTurn(fold(MAIN, [responseLine(fields, usage, message)]));
      for (const field of Object.keys(expected) as (keyof RecordedTurn)[]) {
        assert.deepEqual(turn[field], expected[field], field);
      }
    });
  }
});

Deno.test("claude: the id of a response is kept where it can be asked for", async (t) => {
  const id = "gen-1763632802-abcdefghijklmnopqrst";
  const other = { requestId: "req_2", uuid: "u2", parentUuid: "u1" };
  await t.step("OpenRouter's", () => assert.equal(onlyTurn(fold(MAIN, [responseLine({}, {}, { id })])).responseId, id));
  await t.step("Anthropic's", () => assert.equal(onlyTurn(fold(MAIN, [responseLine()])).responseId, undefined));
  await t.step("one that two responses have", () => {
    const turns = mergedTurns([responseLine({}, {}, { id }), responseLine(other, { input_tokens: 99 }, { id })]);
    assert.deepEqual(turns.map(({ responseId }) => responseId), [undefined, undefined]);
  });
});

Deno.test("claude: the last line of a response says what it used", () => {
  // Old versions wrote the first lines while the response still came: 1, then 40, then 297 tokens of output.
  const lines = [1, 40, 297].map((output_tokens, index) =>
    responseLine({ uuid: `u${index}`, timestamp: `2026-11-20T23:47:0${index}.000Z` }, { output_tokens })
  );
  const [turn, ...others] = mergedTurns(lines);
  assert.deepEqual(others, []);
  assert.equal(turn?.usage.output, 297);
  assert.equal(turn?.at, ms("2026-11-20T23:47:00Z"));
  assert.equal(turn?.endedAt, ms("2026-11-20T23:47:02Z"));
  // Every line gives the same start by itself.
  assert.deepEqual(fold(MAIN, lines).turns.map((turn) => turn.at), Array(3).fill(ms("2026-11-20T23:47:00Z")));
});

Deno.test("claude: a turn starts when its request was sent", async (t) => {
  const request = requestLine("r1", "2026-11-20T23:47:07.674Z");
  const line = (second: string, fields: Json = {}) =>
    responseLine({ requestRef: "r1", timestamp: `2026-11-20T23:47:${second}Z`, ...fields });

  await t.step("all lines of the response", () => {
    const { turns } = fold(MAIN, [request, line("08.000"), line("09.000")]);
    assert.deepEqual(turns.map((turn) => turn.at), [ms("2026-11-20T23:47:07.674Z"), ms("2026-11-20T23:47:07.674Z")]);
    assert.deepEqual(turns.map((turn) => turn.endedAt), [ms("2026-11-20T23:47:08Z"), ms("2026-11-20T23:47:09Z")]);
    assert.deepEqual(turns.map((turn) => turn.copied), [undefined, undefined]);
  });
  await t.step("still, once 64 other requests have pushed it out", () => {
    const others = Array.from({ length: 64 }, (_, index) => requestLine(`x${index}`, "2026-11-20T23:47:08.500Z"));
    const { turns, state } = fold(MAIN, [request, line("08.000"), ...others, line("09.000")]);
    assert.deepEqual(turns.map((turn) => turn.at), [ms("2026-11-20T23:47:07.674Z"), ms("2026-11-20T23:47:07.674Z")]);
    assert.equal(turns[1]?.copied, undefined);
    assert.equal(state.requests.length, 64);
  });
  await t.step("never after its response", () => {
    const turn = onlyTurn(fold(MAIN, [request, line("01.000")]));
    assert.equal(turn.at, ms("2026-11-20T23:47:01Z"));
  });
  await t.step("without a time of its own, at the last one known", () => {
    const turn = onlyTurn(fold(MAIN, [request, responseLine({ timestamp: "yesterday" })]));
    assert.equal(turn.at, ms("2026-11-20T23:47:07.674Z"));
  });
  await t.step("without any time there is no turn", () => {
    for (const timestamp of [1795218427674, 1795218427.674]) {
      const { turns, problems } = fold(MAIN, [responseLine({ timestamp })]);
      assert.deepEqual([turns[0]?.at, problems], [1795218427674, []]);
    }
    for (const timestamp of [0, -1795218427674, 1e15, NaN]) {
      assert.match(fold(MAIN, [responseLine({ timestamp })]).problems.join(), /no usable timestamp/);
    }
    const folded = fold(MAIN, [responseLine({ timestamp: "2026-11-20T23:47:07.674" })]);
    assert.deepEqual(folded.turns, []);
    assert.match(folded.problems.join(), /no usable timestamp/);
  });
});

Deno.test("claude: what is a copy", async (t) => {
  const known = requestLine("r1", "2026-11-20T23:47:07.000Z");
  const cases: [string, unknown[], boolean][] = [
    ["an own response", [responseLine()], false],
    ["a fork's history", [responseLine({ requestSessionId: "60f0583c" })], true],
    ["a response that names its own session", [responseLine({ requestSessionId: SESSION })], false],
    ["a branch's history", [responseLine({ forkedFrom: { sessionId: "eb77d97e", messageUuid: "54a534ef" } })], true],
    ["history that kept its session", [responseLine({ sessionId: "eb77d97e" })], true],
    ["no session on the line", [responseLine({ sessionId: undefined })], false],
    ["the request is in the log", [known, responseLine({ requestRef: "r1" })], false],
    ["other requests are, this one is not", [known, responseLine({ requestRef: "r2" })], true],
    ["a log without requests", [responseLine({ requestRef: "r2" })], false],
  ];
  for (const [name, records, copied] of cases) {
    await t.step(name, () => assert.equal(onlyTurn(fold(MAIN, records)).copied ?? false, copied));
  }
});

Deno.test("claude: whose response a line of another session is", async (t) => {
  const other = "eb77d97e-0000-4000-8000-000000000001";
  const cases: [name: string, path: string, fields: Json, session: string | undefined, copied: boolean][] = [
    ["its own", MAIN, {}, undefined, false],
    ["no session named", MAIN, { sessionId: undefined }, undefined, false],
    ["history that kept its session", MAIN, { sessionId: other }, other, true],
    ["and names who made the request", MAIN, { sessionId: other, requestSessionId: "origin" }, "origin", true],
    ["which is the log's own", MAIN, { sessionId: other, requestSessionId: SESSION }, undefined, true],
    ["a fork's history", MAIN, { requestSessionId: other }, undefined, true],
    ["a branch's", MAIN, { sessionId: other, forkedFrom: { sessionId: other } }, undefined, true],
    ["what a session in the background took over", MAIN, { sessionId: other, sessionKind: "bg" }, undefined, true],
    ["and its own", MAIN, { sessionKind: "bg" }, undefined, false],
    ["another kind of session", MAIN, { sessionId: other, sessionKind: "main" }, other, true],
    ["a sub-agent's", SUBAGENT, { sessionId: other }, undefined, false],
  ];
  for (const [name, path, fields, session, copied] of cases) {
    await t.step(name, () => {
      const turn = onlyTurn(fold(path, [responseLine(fields)]));
      assert.deepEqual([turn.sessionId, turn.copied ?? false], [session, copied]);
    });
  }
  await t.step("stays in the chain of the conversation, and names no parent", () => {
    const folded = fold(MAIN, [responseLine({ sessionId: other })]);
    assert.equal(onlyTurn(folded).chain, "main");
    assert.equal(claudeSource.session(folded.state)?.parentSessionId, undefined);
  });
  await t.step("goes for what is billed beside it", () => {
    const iterations = [{ type: "advisor_message", model: "claude-opus-4-7", input_tokens: 9 }];
    const { turns } = fold(MAIN, [responseLine({ sessionId: other }, { iterations })]);
    assert.deepEqual(turns.map(({ sessionId }) => sessionId), [other, other]);
  });
});

Deno.test("claude: sub-agents", async (t) => {
  const own = { isSidechain: true, agentId: "a78eb7ae8984c9ef8" };
  await t.step("belongs to the session that its lines name", () => {
    const folded = fold(SUBAGENT, [responseLine({ ...own, sessionId: "named-by-line" })]);
    const facts = claudeSource.session(folded.state);
    assert.equal(facts?.sessionId, "named-by-line");
    assert.equal(facts?.subagent, true);
    assert.equal(onlyTurn(folded).chain, "a78eb7ae8984c9ef8");
    assert.equal(onlyTurn(folded).copied, undefined);
  });
  const sessions: [string, string, string][] = [
    ["else its folder", SUBAGENT, SESSION],
    ["else its folder, below Claude Desktop's", `${COWORK}/${SUBAGENT}`, SESSION],
    ["else nothing but itself, below no session", "-srv-work/subagents/agent-1f2e.jsonl", "agent-1f2e"],
    ["else nothing but itself", "-srv-work/agent-1f2e.jsonl", "agent-1f2e"],
  ];
  for (const [name, path, expected] of sessions) {
    await t.step(name, () => {
      const folded = fold(path, [responseLine({ sessionId: undefined, isSidechain: true })]);
      assert.equal(claudeSource.session(folded.state)?.sessionId, expected);
    });
  }
  await t.step("the file's name gives the chain where the lines do not", () => {
    const folded = fold("-srv-work/agent-1f2e.jsonl", [responseLine({ isSidechain: true })]);
    assert.equal(onlyTurn(folded).chain, "1f2e");
  });
  await t.step("may replay its session, but not a response whose request is here", () => {
    const path = `-srv-work/${SESSION}/subagents/agent-aside_question-c5e5.jsonl`;
    const replayed = responseLine({ isSidechain: true, requestId: "req_new" });
    const answer = responseLine({ isSidechain: true, requestId: "req_2", requestRef: "r1" }, {}, { id: "msg_2" });
    const { turns } = fold(path, [replayed, requestLine("r1", "2026-11-20T23:47:07.000Z"), answer]);
    assert.deepEqual(turns.map((turn) => [turn.replayKey, turn.replay]), [
      ["msg_000190b5d429e86c7adbcf", true],
      ["msg_2", undefined],
    ]);
    assert.equal(count([...fold(MAIN, [responseLine()]).turns, ...turns]).length, 2);
  });
  await t.step("names neither title nor parent nor a compaction of the session", () => {
    const folded = fold(SUBAGENT, [
      { type: "custom-title", customTitle: "of the agent", sessionId: SESSION },
      responseLine({ ...own, requestSessionId: "other" }),
      boundary("2026-11-20T23:50:00.000Z", own),
    ]);
    const facts = claudeSource.session(folded.state);
    assert.deepEqual([facts?.title, facts?.parentSessionId, facts?.pending], [undefined, undefined, undefined]);
  });
});

Deno.test("claude: advisor calls are turns of their own at the advisor's model", () => {
  const iterations = [
    { type: "message", input_tokens: 1, output_tokens: 45, cache_read_input_tokens: 109696 },
    { type: "advisor_message", model: "claude-opus-4-7", input_tokens: 159419, output_tokens: 7805 },
    { type: "message", input_tokens: 1, output_tokens: 446 },
    { type: "advisor_message", model: "claude-opus-4-7", input_tokens: -1 },
  ];
  const folded = fold(MAIN, [responseLine({}, { iterations }), responseLine({}, { iterations })]);
  assert.equal(folded.turns.length, 4);
  assert.equal(count(folded.turns).length, 2);
  const advice = folded.turns[1];
  assert.deepEqual(advice?.model, { provider: "anthropic", model: "claude-opus-4-7" });
  assert.deepEqual(advice?.usage, { ...NO_USAGE, input: 159419, output: 7805 });
  assert.equal(advice?.chain, "tool");
  assert.match(folded.problems[0] ?? "", /usage\.iterations\.input_tokens" is -1/);
});

Deno.test("claude: compactions", async (t) => {
  const at = (time: string, id: string, fields: Json = {}) =>
    responseLine({ timestamp: `2026-11-20T${time}Z`, ...fields }, {}, { id });
  const cut = boundary("2026-11-20T10:00:00.000Z");
  const cases: [string, unknown[], boolean[], boolean][] = [
    ["pending until a turn comes", [at("09:00:00", "m1"), cut], [false], true],
    [
      "the next response, whichever of its lines",
      [at("09:00:00", "m1"), cut, at("11:00:00", "m2"), at("11:00:01", "m2"), at("12:00:00", "m3")],
      [false, true, false, false],
      false,
    ],
    ["not a message that was carried over", [cut, at("09:00:00", "m1"), at("11:00:00", "m2")], [false, true], false],
    ["not a turn of another chain", [cut, at("11:00:00", "m2", { isSidechain: true })], [false], true],
    ["not another chain's compaction", [{ ...cut, isSidechain: true }, at("11:00:00", "m2")], [false], false],
    ["not other news of the tool", [{ ...cut, subtype: "turn_duration" }, at("11:00:00", "m2")], [false], false],
  ];
  for (const [name, records, after, pending] of cases) {
    await t.step(name, () => {
      const folded = fold(MAIN, records);
      assert.deepEqual(folded.turns.map((turn) => turn.afterCompaction ?? false), after);
      const expected = pending ? { at: ms("2026-11-20T10:00:00Z"), kind: "compacted" } : undefined;
      assert.deepEqual(claudeSource.session(folded.state)?.pending, expected);
    });
  }
});

Deno.test("claude: titles", async (t) => {
  const ai = (aiTitle: unknown) => ({ type: "ai-title", aiTitle, sessionId: SESSION });
  const custom = (customTitle: unknown) => ({ type: "custom-title", customTitle, sessionId: SESSION });
  const summary = (text: string, leafUuid: string) => ({ type: "summary", summary: text, leafUuid });
  const line = responseLine({ uuid: "leaf" });
  const cases: [string, unknown[], string | undefined][] = [
    ["none", [line], undefined],
    ["never a prompt", [{ type: "last-prompt", lastPrompt: "say hello", sessionId: SESSION }, line], undefined],
    ["the tool's latest", [line, ai("one"), ai("two")], "two"],
    ["somebody's latest", [line, custom("one"), custom("two")], "two"],
    ["somebody's before the tool's", [line, custom("mine"), ai("its")], "mine"],
    ["blank ones are none", [line, custom("mine"), custom("  "), custom(7)], "mine"],
    ["a summary of this log, before", [summary("Fix it", "leaf"), line], "Fix it"],
    ["a summary of this log, after", [line, summary("Fix it", "leaf")], "Fix it"],
    ["a summary of another log", [summary("Other", "elsewhere"), line], undefined],
  ];
  for (const [name, records, expected] of cases) {
    await t.step(name, () => assert.equal(claudeSource.session(fold(MAIN, records).state)?.title, expected));
  }
  await t.step("summaries of other logs are kept within bounds", () => {
    const summaries = Array.from({ length: 1000 }, (_, index) => summary("Other", `leaf${index}`));
    assert.equal(fold(MAIN, summaries).state.summaries.length, 16);
  });
});

Deno.test("claude: facts of a session", async (t) => {
  await t.step("nothing seen is no session", () => {
    assert.equal(claudeSource.session(fold(MAIN, []).state), undefined);
    assert.equal(claudeSource.session(fold(MAIN, [{ type: "summary", summary: "x", leafUuid: "y" }]).state), undefined);
  });
  await t.step("a session without a response", () => {
    const timestamp = "2026-11-20T08:00:00.000Z";
    const first = { parentUuid: null, type: "user", uuid: "u", cwd: "/srv/a", timestamp };
    const facts = claudeSource.session(fold(MAIN, [first]).state);
    assert.deepEqual([facts?.sessionId, facts?.cwd, facts?.startedAt], [SESSION, "/srv/a", ms(timestamp)]);
  });
  await t.step("the first directory, the first and the last time", () => {
    const lines = ["09", "08", "10"].map((hour) =>
      responseLine({ cwd: `/srv/${hour}`, timestamp: `2026-11-20T${hour}:00:00.000Z` })
    );
    const facts = claudeSource.session(fold(MAIN, lines).state);
    assert.equal(facts?.cwd, "/srv/09");
    assert.equal(facts?.startedAt, ms("2026-11-20T08:00:00Z"));
    assert.equal(facts?.lastActivityAt, ms("2026-11-20T10:00:00Z"));
  });
  await t.step("a log of Claude Desktop is named as any other", () => {
    const folded = fold(`${COWORK}/${MAIN}`, [responseLine()]);
    assert.equal(claudeSource.session(folded.state)?.sessionId, SESSION);
    assert.equal(onlyTurn(folded).copied, undefined);
  });
  await t.step("the file's name wins over the sessions that its lines name", () => {
    const folded = fold(MAIN, [responseLine({ sessionId: "resumed-from" }), responseLine()]);
    assert.equal(claudeSource.session(folded.state)?.sessionId, SESSION);
  });
  await t.step("a log whose lines all name another session is of that one", () => {
    const folded = fold(MAIN, [responseLine({ sessionId: "copied-from" })]);
    assert.equal(claudeSource.session(folded.state)?.sessionId, "copied-from");
  });
  const forks: [string, Json, string][] = [
    ["requestSessionId", { requestSessionId: "p1" }, "p1"],
    ["forkedFrom", { forkedFrom: { sessionId: "p2", messageUuid: "m" } }, "p2"],
    ["forkedFrom as text", { forkedFrom: "p3" }, "p3"],
  ];
  for (const [name, fields, parent] of forks) {
    await t.step(`a fork by ${name} starts after its history`, () => {
      const copied = responseLine({ ...fields, timestamp: "2026-11-20T08:00:00.000Z" });
      const first = { parentUuid: null, type: "user", timestamp: "2026-11-20T07:59:00.000Z", sessionId: SESSION };
      const own = responseLine({ timestamp: "2026-11-20T12:00:00.000Z" }, {}, { id: "msg_own" });
      const facts = claudeSource.session(fold(MAIN, [first, copied, own]).state);
      assert.equal(facts?.parentSessionId, parent);
      assert.equal(facts?.startedAt, ms("2026-11-20T12:00:00Z"));
    });
  }
});

Deno.test("claude: no shape of a record throws, and none without a response gives a turn", () => {
  const odd: unknown[] = [null, true, 0, -1, "", "x", [], [[]], {}, { a: 1 }, "__proto__"];
  const template = responseLine({
    requestRef: "r1",
    forkedFrom: {},
    agentId: "a",
    apiBlockIndex: 0,
    sessionKind: "bg",
  });
  const records: unknown[] = [...odd, ...odd.map((type) => ({ type }))];
  for (const value of odd) {
    records.push(...Object.keys(template).map((field) => ({ ...template, [field]: value })));
    for (const field of ["id", "model", "usage", "diagnostics"]) records.push(responseLine({}, {}, { [field]: value }));
    for (
      const field of [
        "input_tokens",
        "cache_creation",
        "iterations",
        "inference_geo",
        "service_tier",
        "server_tool_use",
        "speed",
      ]
    ) {
      records.push(responseLine({}, { [field]: value }));
    }
    records.push(
      { type: "user", toolUseResult: value },
      { type: "user", toolUseResult: { searchCount: value }, uuid: value, parentUuid: value },
      { type: "cost-state", totalCostUSD: value, startTime: value, sessionId: value },
      responseLine({}, {
        iterations: [value, { type: "compaction", model: value, input_tokens: value }, { input_tokens: 1 }],
      }),
      responseLine({}, { iterations: [value, { type: "advisor_message", model: value, input_tokens: value }] }),
    );
    for (const type of ["api-request", "system", "custom-title", "ai-title", "summary", "user"]) {
      const fields = ["id", "timestamp", "uuid", "cwd", "sessionId", "customTitle", "aiTitle", "summary", "leafUuid"];
      records.push({ type, subtype: "compact_boundary", ...Object.fromEntries(fields.map((field) => [field, value])) });
    }
  }
  for (const path of [MAIN, SUBAGENT]) {
    const folded = fold(path, records, true);
    claudeSource.session(folded.state);
    assert(folded.turns.length > 0);
    for (const { key, at, endedAt, usage } of folded.turns) {
      assert(key !== "" && Number.isFinite(at) && at <= (endedAt ?? at));
      for (const tokens of Object.values(usage)) assert(Number.isSafeInteger(tokens) && tokens >= 0);
    }
  }
  for (const value of odd) assert.deepEqual(fold(MAIN, [value]).turns, []);
});

// ---- The real sessions ----

interface ExpectedSession {
  readonly billedTurns: number;
  readonly usage: TokenUsage;
  readonly models: Readonly<Record<string, { readonly turns: number }>>;
}

const FIXTURES = new URL("../../../tests/fixtures/", import.meta.url);
const PROJECT = "-srv-dev-peers-work1";
const PARENT = SESSION;
const FORK = "656cd534-7d23-45ce-82e8-e1fd9adef7ab";
const WITH_SUBAGENT = "60f0583c-6960-4199-ae27-d6cd49424596";
const ONE_HOUR = "e99afcf6-bc12-45a5-85c0-1fa6efa8d97a";
const LOGS = [
  `${PROJECT}/${FORK}.jsonl`,
  `${PROJECT}/${PARENT}.jsonl`,
  `${PROJECT}/${WITH_SUBAGENT}.jsonl`,
  `${PROJECT}/${WITH_SUBAGENT}/subagents/agent-a78eb7ae8984c9ef8.jsonl`,
  `${PROJECT}/${ONE_HOUR}.jsonl`,
];

function readLines(log: string): string[] {
  const text = Deno.readTextFileSync(new URL(`home/.claude/projects/${log}`, FIXTURES));
  return text.split("\n").filter((line) => line !== "");
}

/** Only the lines that the engine would hand over. */
function readRecords(log: string): unknown[] {
  return readLines(log).filter((line) => claudeSource.needles.some((needle) => line.includes(needle)))
    .map((line) => JSON.parse(line));
}

type OwnedTurn = RecordedTurn & { readonly session?: string };

/** The engine's counting in small: each key once, originals before copies, no replay of what is there. */
function count<T extends RecordedTurn>(turns: readonly T[]): T[] {
  const byKey = new Map<string, T>();
  const rank = (turn: T) => (turn.copied ? 2 : 0) + (turn.replay ? 1 : 0);
  for (const turn of turns.toSorted((a, b) => rank(a) - rank(b))) {
    const known = byKey.get(turn.key);
    byKey.set(turn.key, known === undefined ? turn : { ...known, usage: combine(known.usage, turn.usage, Math.max) });
  }
  const counted = [...byKey.values()];
  return counted.filter((turn) =>
    !(turn.replay && counted.some((other) => other !== turn && other.replayKey === turn.replayKey && !other.replay))
  );
}

function combine(a: TokenUsage, b: TokenUsage, pick: (a: number, b: number) => number): TokenUsage {
  return {
    input: pick(a.input, b.input),
    cacheRead: pick(a.cacheRead, b.cacheRead),
    cacheWrite: pick(a.cacheWrite, b.cacheWrite),
    cacheWrite1h: pick(a.cacheWrite1h, b.cacheWrite1h),
    output: pick(a.output, b.output),
  };
}

function readTurns(logs: readonly string[]): OwnedTurn[] {
  return logs.flatMap((log) => {
    const folded = fold(log, readRecords(log));
    assert.deepEqual(folded.problems, []);
    const session = claudeSource.session(folded.state)?.sessionId;
    return folded.turns.map((turn) => ({ ...turn, session }));
  });
}

Deno.test("claude: the real sessions add up, whatever the order of the logs", async (t) => {
  const expected: Record<string, ExpectedSession> =
    JSON.parse(Deno.readTextFileSync(new URL("expected.json", FIXTURES))).claude;
  // The fork's log comes first, so that taking the first log's word would give it its parent's tokens.
  for (const logs of [LOGS, LOGS.toReversed()]) {
    const counted = count(readTurns(logs));
    for (const [session, { billedTurns, usage, models }] of Object.entries(expected)) {
      await t.step(`${session} after ${logs[0]}`, () => {
        const own = counted.filter((turn) => turn.session === session);
        const sum = own.map((turn) => turn.usage).reduce((a, b) => combine(a, b, (x, y) => x + y), NO_USAGE);
        assert.deepEqual([own.length, sum], [billedTurns, usage]);
        const perModel = Object.groupBy(own, ({ model }) => `${model.provider}/${model.model}`);
        assert.deepEqual(
          Object.entries(perModel).map(([model, turns]) => [model, turns?.length]),
          Object.entries(models).map(([model, { turns }]) => [model, turns]),
        );
      });
    }
  }
});

Deno.test("claude: without its parent's log a fork counts its history", () => {
  // Four responses of the parent, two of its own.
  assert.equal(count(readTurns([`${PROJECT}/${FORK}.jsonl`])).length, 6);
});

Deno.test("claude: facts of the real sessions", () => {
  const facts = LOGS.map((log) => claudeSource.session(fold(log, readRecords(log)).state));
  assert.deepEqual(facts.map((fact) => fact?.sessionId), [FORK, PARENT, WITH_SUBAGENT, WITH_SUBAGENT, ONE_HOUR]);
  assert.deepEqual(facts.map((fact) => fact?.subagent ?? false), [false, false, false, true, false]);
  assert.deepEqual(facts.map((fact) => fact?.parentSessionId), [PARENT, undefined, undefined, undefined, undefined]);
  assert.deepEqual(new Set(facts.map((fact) => fact?.cwd)), new Set(["/srv/dev/peers/work1"]));
  assert.deepEqual(facts.map((fact) => fact?.startedAt), [
    ms("2026-11-20T23:48:27.974Z"), // its first own request, not its parent's first prompt
    ms("2026-11-20T23:47:07.521Z"),
    ms("2026-11-20T23:50:19.672Z"),
    ms("2026-11-20T23:50:19.847Z"),
    ms("2026-11-20T23:48:28.638Z"),
  ]);
});

Deno.test("claude: turns of the real sessions start at their requests", () => {
  const turns = readTurns([`${PROJECT}/${ONE_HOUR}.jsonl`]);
  assert.deepEqual(turns.map((turn) => turn.at), [
    ...Array(3).fill(ms("2026-11-20T23:48:28.736Z")),
    ms("2026-11-20T23:48:28.842Z"),
  ]);
  assert(turns.every((turn) => turn.requestedTtlMs === 3_600_000 && turn.chain === "main"));
  const agent = readTurns([`${PROJECT}/${WITH_SUBAGENT}/subagents/agent-a78eb7ae8984c9ef8.jsonl`]);
  assert(agent.length > 0);
  assert(agent.every((turn) => turn.chain === "a78eb7ae8984c9ef8" && !turn.replay && turn.requestedTtlMs === 300_000));
});

Deno.test("claude: the state survives JSON between any two records", () => {
  for (const log of LOGS) {
    const records = readRecords(log);
    const [plain, reloaded] = [fold(log, records), fold(log, records, true)];
    assert.deepEqual(reloaded.turns, plain.turns);
    assert.deepEqual(claudeSource.session(reloaded.state), claudeSource.session(plain.state));
  }
});

Deno.test("claude: the needles leave out nothing that matters and little else", () => {
  for (const log of LOGS) {
    const lines = readLines(log);
    const all = lines.map((line) => JSON.parse(line));
    const kept = readRecords(log) as Json[];
    assert.deepEqual(fold(log, kept).turns, fold(log, all).turns);
    const types = new Set(kept.map((record) => record.type));
    // What names the line that was last, of some 150 bytes, is met for the sake of summaries, which do so too.
    types.delete("last-prompt");
    const sums = log.includes("/subagents/") ? [] : ["cost-state"];
    assert.deepEqual([...types].toSorted(), ["api-request", "assistant", ...sums, "user"]);
    assert(JSON.stringify(kept).length * 10 < lines.join("").length);
  }
});

Deno.test("claude: a needle in the text of a conversation is escaped, and its line is not parsed", () => {
  const text = claudeSource.needles.join(" ");
  const line = JSON.stringify({ parentUuid: "p", type: "user", message: { content: text }, uuid: "u" });
  assert.deepEqual(claudeSource.needles.filter((needle) => line.includes(needle)), []);
});

Deno.test("claude: a needle is found whatever the spaces and the order of keys", async (t) => {
  const records: [string, Json][] = [
    ["response", { type: "assistant", message: { role: "assistant", model: "claude-sonnet-4-6" } }],
    ["request", { type: "api-request", id: "q", timestamp: "2026-11-20T10:00:00.000Z" }],
    ["compaction", { parentUuid: "p", type: "system", subtype: "compact_boundary" }],
    ["title", { type: "custom-title", customTitle: "x" }],
    ["title of the tool's", { type: "ai-title", aiTitle: "x" }],
    ["summary", { type: "summary", summary: "x", leafUuid: "u" }],
    ["first line", { parentUuid: null, type: "user", message: { role: "user", content: "x" } }],
  ];
  for (const [name, record] of records) {
    await t.step(name, () => {
      const reversed = JSON.stringify(Object.fromEntries(Object.entries(record).toReversed()), null, 1);
      for (const text of [JSON.stringify(record), reversed, reversed.replaceAll('": ', '" : ')]) {
        assert(claudeSource.needles.some((needle) => text.includes(needle)), text);
      }
      if (name === "first line") return;
      assert(claudeSource.needles.some((needle) => reversed.replaceAll('": ', '"\t:\t').includes(needle)));
    });
  }
  for (const type of ["api-request-shape", "api-request-blob", "user", "attachment"]) {
    await t.step(`not in a line of type ${type}`, () => {
      const text = JSON.stringify({ type, parentUuid: "p", summary: "x", subtype: "microcompact_boundary" }, null, 1);
      assert.deepEqual(claudeSource.needles.filter((needle) => text.includes(needle)), []);
    });
  }
});
