import assert from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import type { SessionFacts, UsageTotal } from "../../core/model.ts";
import { makeMachine } from "../../host/environment.ts";
import { discoverLogs } from "../../scan/logs/discover.ts";
import { fileOf } from "../../scan/logs/log_file.ts";
import { loadMeans } from "../../scan/logs/log_means.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { takeAllSteps } from "../../scan/logs/take_steps.ts";
import { droid } from "./agent.ts";
import { droidSource, type DroidState } from "./source.ts";

const [SESSION, PARENT] = ["dedb92a5-0d48-4e14-82fe-f787cbadb493", "737d5fe5-7975-413f-954b-ec4cea4bc916"];

interface Folded {
  readonly totals: readonly UsageTotal[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

const MODELS = {
  customModels: [
    {
      model: "fake-1",
      displayName: "Fake One",
      provider: "generic-chat-completion-api",
      baseUrl: "http://127.0.0.1/v1",
    },
    { model: "claude-sonnet-4-6", displayName: "Mine", provider: "anthropic", baseUrl: "http://127.0.0.1" },
    { model: "gpt-5.4", displayName: "Through Opper", provider: "openai", baseUrl: "https://api.opper.ai/v3/compat" },
  ],
};

/** Folds records as the engine does. The state is written out and read back between any two of them. */
function fold(records: readonly unknown[], settings: unknown = MODELS): Folded {
  const relativePath = `-srv-api/${SESSION}.jsonl`;
  const companions = { "../../settings.json": JSON.stringify(settings) };
  let state = droidSource.start({ path: `/x/${relativePath}`, relativePath, companions });
  const [totals, problems]: [UsageTotal[], string[]] = [[], []];
  const folder = new RecordFolder(droidSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    totals.push(...result.totals ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
    state = JSON.parse(JSON.stringify(result.state)) as DroidState;
  }
  return { totals, problems, facts: droidSource.session(state) };
}

type Members = Readonly<Record<string, unknown>>;

const ms = (seconds: number) => Date.UTC(2026, 10, 26, 4, 17) + seconds * 1000;
const at = (seconds: number) => new Date(ms(seconds)).toISOString();

const header = (members: Members = {}): Members => ({
  type: "session_start",
  id: SESSION,
  title: "What somebody typed",
  owner: "unknown",
  version: 2,
  cwd: "/srv/api",
  isSessionTitleManuallySet: false,
  ...members,
});

const SPOKEN = { role: "assistant", content: [{ type: "text", text: "x" }], modelId: "custom:Fake-One-0" };

const message = (seconds: number, members: Members = {}): Members => ({
  type: "message",
  id: `m${seconds}`,
  timestamp: at(seconds),
  message: SPOKEN,
  ...members,
});

const SUMS = {
  inputTokens: 2774,
  outputTokens: 20,
  cacheCreationTokens: 300,
  cacheReadTokens: 9762,
  thinkingTokens: 6,
  factoryCredits: 14364,
};

const settings = (members: Members = {}, sums: Members = {}): Members => ({
  type: "settings",
  settings: {
    model: "custom:Fake-One-0",
    providerLock: "generic-chat-completion-api",
    providerLockTimestamp: at(-60),
    tokenUsage: { ...SUMS, ...sums },
    inclusiveTokenUsage: { ...SUMS, inputTokens: 999_999 },
    ...members,
  },
});

/** `SUMS`, which are disjoint: thoughts are inside the output. */
const USAGE = { input: 2774, cacheRead: 9762, cacheWrite: 300, cacheWrite1h: 0, output: 20 };

Deno.test("sums", async (t) => {
  const rows: [name: string, record: Members, usage: UsageTotal["usage"] | undefined, problems?: number][] = [
    ["of a session, without those of its sub-agents", settings(), USAGE],
    ["of a model of Factory's, of Anthropic's API", settings({ model: "claude-opus-5-5", providerLock: undefined }), {
      ...USAGE,
      cacheWrite: 0,
      cacheWrite1h: 300,
    }],
    ["no cache", settings({}, { cacheCreationTokens: undefined, cacheReadTokens: undefined }), {
      ...USAGE,
      cacheRead: 0,
      cacheWrite: 0,
    }],
    ["more than a response has", settings({}, { cacheReadTokens: 3e9 }), { ...USAGE, cacheRead: 3e9 }],
    // Written for an hour, as all of Anthropic's are asked for.
    ["of Anthropic's API", settings({ model: "custom:Mine-0" }), { ...USAGE, cacheWrite: 0, cacheWrite1h: 300 }],
    [
      "nothing was answered",
      settings({}, { ...Object.fromEntries(Object.keys(SUMS).map((name) => [name, 0])) }),
      undefined,
    ],
    ["no sums yet", settings({ tokenUsage: undefined }), undefined],
    ["no input", settings({}, { inputTokens: undefined }), undefined, 1],
    ["a negative count", settings({}, { outputTokens: -1 }), undefined, 1],
    ["a damaged count of the cache", settings({}, { cacheReadTokens: "x" }), undefined, 1],
    ["sums that are none", settings({ tokenUsage: [] }), undefined],
  ];
  for (const [name, record, usage, problems = 0] of rows) {
    await t.step(name, () => {
      const found = fold([header(), message(0), record]);
      assert.deepEqual(found.totals.map((total) => total.usage), usage === undefined ? [] : [usage]);
      assert.equal(found.problems.length, problems, found.problems.join("\n"));
    });
  }
});

Deno.test("the model, and who bills", async (t) => {
  const rows: [name: string, members: Members, provider: string, model: string, problems?: number][] = [
    ["a user's own", {}, "generic-chat-completion-api", "fake-1"],
    ["of Anthropic's API", { model: "custom:Mine-0", providerLock: "anthropic" }, "anthropic", "claude-sonnet-4-6"],
    ["through Opper", { model: "custom:Through-Opper-0", providerLock: "openai" }, "opper", "gpt-5.4"],
    ["that is not in the settings", { model: "custom:Gone-0" }, "generic-chat-completion-api", "custom:Gone-0", 1],
    ["Factory's", { model: "claude-opus-5-5", providerLock: "anthropic" }, "factory", "claude-opus-5-5"],
    ["without a kind of API", { model: "gpt-5.4", providerLock: undefined }, "factory", "gpt-5.4"],
    [
      "chosen by Droid",
      {
        model: "auto",
        providerLock: "anthropic",
        effectiveFactoryRouterModel: { modelId: "claude-opus-5" },
      },
      "factory",
      "claude-opus-5",
    ],
    ["chosen, and not told", { model: "auto", providerLock: undefined }, "factory", "auto"],
    ["of the lines alone", { model: undefined }, "generic-chat-completion-api", "fake-1"],
  ];
  for (const [name, members, provider, model, problems = 0] of rows) {
    await t.step(name, () => {
      const found = fold([header(), message(0), settings(members)]);
      assert.deepEqual(found.totals.map((total) => total.model), [{ provider, model }]);
      assert.equal(found.problems.length, problems, found.problems.join("\n"));
    });
  }
  await t.step("without settings of Droid", () => {
    const found = fold([header(), message(0), settings()], null);
    assert.equal(found.totals[0]?.model.model, "custom:Fake-One-0");
    assert.equal(found.problems.length, 1);
  });
  await t.step("credits are of Factory's own models: they are reckoned for a key of one's own as well", () => {
    const reportedOf = (members: Members, sums?: Members) =>
      fold([header(), message(0), settings(members, sums)]).totals[0]!.reported;
    assert.equal(reportedOf({}), undefined);
    assert.equal(reportedOf({ model: "custom:Gone-0" }), undefined);
    assert.deepEqual(reportedOf({ model: "gpt-5.4" }), { usd: 0, credits: 14364 });
    for (const factoryCredits of [0, -1, 1e300, undefined]) {
      assert.equal(reportedOf({ model: "gpt-5.4" }, { factoryCredits }), undefined);
    }
  });
});

Deno.test("times", async (t) => {
  const fork = { parent: PARENT, forkedAtMessageId: "m2" };
  const rows: [name: string, lines: readonly Members[], firstAt: number, lastAt: number][] = [
    ["of the lines", [header(), message(0), message(5)], ms(0), ms(5)],
    ["a fork's own", [header(fork), message(1), message(2), message(60), message(65)], ms(60), ms(65)],
    ["a fork without a line of its own", [header(fork), message(1), message(2)], ms(2), ms(2)],
    ["a fork whose last copied line is lost", [header(fork), message(1), message(60)], ms(60), ms(60)],
    ["a resumed session", [header(), message(0), message(86_400)], ms(0), ms(86_400)],
    ["lines without any", [header()], ms(-60), ms(-60)],
    ["settings alone", [], ms(-60), ms(-60)],
  ];
  for (const [name, lines, firstAt, lastAt] of rows) {
    await t.step(name, () => {
      const { totals, facts } = fold([...lines, settings()]);
      assert.deepEqual(totals.map((total) => [total.key, total.firstAt, total.lastAt]), [[SESSION, firstAt, lastAt]]);
      assert.deepEqual([facts?.startedAt, facts?.lastActivityAt], [firstAt, lastAt]);
    });
  }
  await t.step("none at all", () => {
    const { totals, problems } = fold([header(), settings({ providerLockTimestamp: undefined })]);
    assert.deepEqual([totals.length, problems.length], [0, 1]);
  });
});

Deno.test("the session", async (t) => {
  const rows: [name: string, members: Members, expected: Partial<SessionFacts>][] = [
    ["what somebody typed is no title", {}, { sessionId: SESSION, cwd: "/srv/api", title: undefined }],
    ["a title that was given", { isSessionTitleManuallySet: true, title: "Mine" }, { title: "Mine" }],
    ["one that is the first message", { sessionTitleAutoStage: "first_message" }, { title: undefined }],
    ["one that a model made up", { sessionTitleAutoStage: "generated", title: "Fix" }, { title: "Fix" }],
    ["a fork", { parent: PARENT }, { parentSessionId: PARENT }],
    ["a sub-agent", { callingSessionId: PARENT, callingToolUseId: "t" }, { parentSessionId: PARENT }],
    ["without an id", { id: undefined }, { sessionId: SESSION }],
  ];
  for (const [name, members, expected] of rows) {
    await t.step(name, () => {
      const { facts } = fold([header(members), message(0)]);
      assert.deepEqual({ ...facts, ...expected }, facts);
    });
  }
});

Deno.test("records that are none", () => {
  for (const value of [null, 7, "x", []]) assert.equal(fold([value]).problems.length, 1);
  const odd = [{}, { type: "message" }, { type: "settings" }, { type: "settings", settings: [] }, { type: 7 }];
  assert.deepEqual(fold(odd).totals, []);
});

Deno.test("text", async (t) => {
  const rows: [name: string, record: unknown, expected: string | undefined][] = [
    ["an answer", message(0), "x"],
    ["what only the model sees", message(0, { message: { ...SPOKEN, visibility: "llm_only" } }), undefined],
    ["what only the user sees", message(0, { message: { ...SPOKEN, visibility: "user_only" } }), undefined],
    ["no message", message(0, { message: "x" }), undefined],
    ["settings", settings(), undefined],
    ["no record", null, undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => assert.equal(droidSource.text(record)?.text, expected));
  }
});

/** Reads what is in a home as the engine does. @returns what is found, and what is said of it */
async function readHome(
  home: string,
): Promise<{ readonly sums: readonly UsageTotal[]; readonly said: readonly string[] }> {
  const { files, problems } = discoverLogs(
    [{ ...droid, logs: droid.logs!, source: droid.source! }],
    makeMachine({ home }),
    [],
  );
  const [sums, said]: [UsageTotal[], string[]] = [[], problems.map(({ message }) => message)];
  for (const { file } of files) {
    const { source, reader } = await loadMeans("droid", file);
    let state: unknown = source.start(fileOf(file));
    const folder = new RecordFolder(source);
    takeAllSteps(reader.read(file, source, undefined, {
      record(record) {
        const { state: next, totals = [], problem } = folder.fold(state, record);
        state = next;
        sums.push(...totals);
        if (problem !== undefined) said.push(problem);
      },
      problem: (message) => said.push(message),
    }));
  }
  return { sums, said };
}

Deno.test("the two files of a session are one log", async (t) => {
  const linesOf = (...lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const rows: [
    name: string,
    lines: string | undefined,
    document: string | undefined,
    sums: number[][],
    said: RegExp[],
  ][] = [
    ["both", linesOf(header(), message(3)), undefined, [[2774, ms(3)]], []],
    ["a line that is broken", `${linesOf(header())}{"timestamp":\n${linesOf(message(3))}`, undefined, [[2774, ms(3)]], [
      /\.jsonl": Not JSON/,
    ]],
    ["a line that is being written", `${linesOf(header(), message(3))}{"type":"mess`, undefined, [[2774, ms(3)]], []],
    ["no lines", undefined, undefined, [[2774, ms(-60)]], []],
    ["no settings", linesOf(header(), message(3)), "", [], []],
  ];
  for (const [name, lines, document, sums, said] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (home) => {
        const directory = join(home, ".factory", "sessions", "-srv-api");
        Deno.mkdirSync(directory, { recursive: true });
        Deno.writeTextFileSync(join(home, ".factory", "settings.json"), JSON.stringify(MODELS));
        const path = join(directory, SESSION);
        if (lines !== undefined) Deno.writeTextFileSync(`${path}.jsonl`, lines);
        const text = document ?? JSON.stringify(settings().settings, undefined, 2);
        if (text !== "") Deno.writeTextFileSync(`${path}.settings.json`, text);
        Deno.writeTextFileSync(`${path}.settings.json.bak`, text);
        const found = await readHome(home);
        assert.deepEqual(found.sums.map(({ usage, lastAt }) => [usage.input, lastAt]), sums);
        assert.equal(found.said.length, said.length, found.said.join("\n"));
        for (const [place, pattern] of said.entries()) assert.match(found.said[place]!, pattern);
        for (const { model } of found.sums) assert.equal(model.model, "fake-1");
      }));
  }
});
