/** `advise` with real processes: figures worked by hand, what is left out and said, and what people may ask wrongly. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { renderView } from "../src/cli/output/render.ts";
import { viewAdvice } from "../src/operations/advice/advise_view.ts";
import { type Json, responseLine } from "./support/claude_lines.ts";
import { waitUntil } from "./support/wait_until.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import {
  agentCommand,
  agentEnvironment,
  FIXTURE_HOME,
  FIXTURE_NOW,
  runAgent,
  runAgentAsNobody,
  withTemporaryDirectory,
} from "./support/run_agent.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-11-10T08:00:00Z");
const NOW = "2026-11-20T08:00:00Z";
const PREFIX = 100_000;

interface Sent {
  readonly minutes: number;
  readonly read?: number;
  readonly write5m?: number;
  readonly write1h?: number;
  /** @default the conversation */
  readonly agent?: string;
}

const iso = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();

/** A log of Claude Code: of each session one. */
async function writeClaude(home: string, project: string, session: string, sent: readonly Sent[]): Promise<void> {
  const lineOf = ({ minutes, read = 0, write5m = 0, write1h = 0, agent }: Sent, place: number): Json => {
    const id = `${session}-${agent ?? "main"}-${place}`;
    return responseLine(
      {
        uuid: `uuid-${id}`,
        requestId: `req_${id}`,
        timestamp: iso(minutes),
        cwd: project,
        sessionId: session,
        ...(agent === undefined ? {} : { isSidechain: true, agentId: agent }),
      },
      {
        input_tokens: 0,
        output_tokens: 0,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write5m + write1h,
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      },
      { id: `msg_${id}`, model: "claude-opus-4-5" },
    );
  };
  const lines = sent.map(lineOf);
  const directory = join(home, ".claude/projects", project.replaceAll("/", "-"));
  await writeLog(join(directory, `${session}.jsonl`), lines.filter(({ isSidechain }) => isSidechain !== true));
  for (
    const [agent, own] of Map.groupBy(lines.filter(({ isSidechain }) => isSidechain === true), ({ agentId }) => agentId)
  ) {
    await writeLog(join(directory, session, "subagents", `agent-${agent}.jsonl`), own);
  }
}

/** Twelve times somebody comes back after half an hour, and asks three times. */
const THINKER: readonly Sent[] = Array.from({ length: 12 }, (_, round) => [
  { minutes: round * 32, write5m: PREFIX },
  { minutes: round * 32 + 1, read: PREFIX },
  { minutes: round * 32 + 2, read: PREFIX },
]).flat();

const SESSION = "0800ecd2-8a24-408f-9a69-a0254bdd0f00";

async function ask(home: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await runAgent(["advise", "--json", "--as-of", NOW, ...args], { home, env });
  deepStrictEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

function isUsd(found: number, expected: number, what: string): void {
  ok(Math.abs(found - expected) < 1e-9, `${what}: expected ${expected}, found ${found}`);
}

Deno.test("an hour that would have paid is recommended by its setting, and followed to its turns", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeClaude(home, "/srv/thinker", SESSION, THINKER);
    const answer = await ask(home, ["thinker"]);
    const [row] = answer.rows;
    const option = (id: string) => row.options.find((option: Json) => option.id === id);
    await t.step("the figures", () => {
      // Twelve writes of 0.625, 24 reads of 0.05.
      isUsd(row.recordedUsd, 8.7, "recorded");
      strictEqual(option("cache_5m").isRecorded, true);
      isUsd(option("cache_5m").usd, 8.7, "5m");
      // One write of 1.00, 35 reads of 0.05. Pauses of 30 minutes.
      isUsd(option("cache_1h").usd, 2.75, "1h");
      strictEqual(option("cache_1h").returns, 11);
      // 21 % are gone after half an hour, and (0 + 1) / (24 + 2) had changed: of each of eleven returns 0.95 by a share.
      isUsd(option("cache_1h").highUsd, 2.75 + 11 * 0.95 * (1 - 0.79 * 25 / 26), "high");
      // One thousand tokens: twelve times written, 24 times read.
      isUsd(row.per1000AlwaysLoadedUsd, 12 * 0.00625 + 24 * 0.0005, "per 1000");
    });
    await t.step("the advice", () => {
      deepStrictEqual(row.advice.settings, [{
        client: "claude",
        file: "~/.claude/settings.json or the project's",
        key: "promptCacheTtl",
        value: "1h",
      }]);
      isUsd(row.advice.savesUsd, 5.95, "saves");
      isUsd(row.advice.atLeastUsd, 8.7 - option("cache_1h").highUsd, "at least");
    });
    await t.step("the turns behind it add up", () => {
      const { returns, returnsUsd, writesUsd, savesUsd } = row.followed;
      deepStrictEqual(returns[0], {
        at: iso(32),
        sessionId: SESSION,
        shortId: SESSION.slice(0, 8),
        pauseMs: 30 * MINUTE,
        tokens: PREFIX,
        savesUsd: returns[0].savesUsd,
      });
      isUsd(returns[0].savesUsd, 0.95, "one");
      isUsd(returns.reduce((sum: number, { savesUsd }: { savesUsd: number }) => sum + savesUsd, 0), returnsUsd, "sum");
      // Twelve writes at $3.75 a million more.
      isUsd(writesUsd, -4.5, "writes");
      isUsd(returnsUsd + writesUsd, savesUsd, "all");
      isUsd(savesUsd, row.advice.savesUsd, "as advised");
    });
    await t.step("people see the same", async () => {
      const { stdout } = await runAgent(["advise", "thinker", "--as-of", NOW], { home });
      strictEqual(stdout, renderView(viewAdvice(answer, {}, { home }), { color: false }));
      for (const width of [60, 80, 140]) {
        const screen = renderView(viewAdvice(answer, {}, { home }), { width, color: false });
        match(screen, /Would have saved\n(\/srv\/)?thinker .*\$5\.95 +\$3\.44/);
        match(screen, /claude, main, thinker: "promptCacheTtl": "1h"\s+in\s/);
        match(screen, /A plan\s+pays\s+no\s+tokens\./);
        match(screen, /\$10\.45\s+by\s+these\s+turns,\s+-\$4\.50\s+by\s+what\s+is\s+written:\s+\$5\.95\s+in\s+all\./);
        const longest = Math.max(...screen.split("\n").map((line) => line.length));
        ok(longest <= width, `${longest} columns of ${width}`);
      }
    });
    await t.step("two zones say the same", async () => {
      const [tokyo, lima] = await Promise.all(["Asia/Tokyo", "America/Lima"].map((TZ) => ask(home, [], { TZ })));
      deepStrictEqual(tokyo.rows, lima.rows);
      deepStrictEqual([tokyo.timezone, lima.timezone], ["Asia/Tokyo", "America/Lima"]);
    });
    await t.step("at an earlier time, what was then is all there is", async () => {
      await withTemporaryDirectory(async (earlier) => {
        // The last round is still to come, and pings up to then have been due.
        await writeClaude(earlier, "/srv/thinker", SESSION, THINKER.slice(0, -3));
        const at = ["--as-of", iso(11 * 32 - 10)];
        const [then, alone] = await Promise.all([ask(home, at), ask(earlier, at)]);
        deepStrictEqual(then.rows, alone.rows);
        strictEqual(then.rows[0].turns, 33);
      });
    });
    await t.step("a span that begins in the middle knows what came before", async () => {
      const [later] = (await ask(home, ["--since", iso(32)])).rows;
      // Eleven rounds; the first of them is a return.
      isUsd(later.recordedUsd, 11 * (0.625 + 0.1), "recorded");
      isUsd(later.options[1].usd, 33 * 0.05, "1h");
    });
  });
});

Deno.test("sub-agents have a row and a setting of their own", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeClaude(home, "/srv/agents", SESSION, [
      ...THINKER.map((sent) => ({ ...sent, agent: "a78eb7ae8984c9ef8" })),
      { minutes: 0, write5m: 50_000 },
    ]);
    const { rows } = await ask(home, ["--role", "sub"]);
    strictEqual(rows.length, 1);
    strictEqual(rows[0].advice.settings[0].key, "subagentPromptCacheTtl");
    deepStrictEqual(rows[0].options.map(({ id }: Json) => id), ["cache_5m", "cache_1h"]);
  });
});

Deno.test("a plan pays no tokens: lifetimes are advised where that is asked for", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeClaude(home, "/srv/thinker", SESSION, THINKER);
    await Deno.mkdir(join(home, ".opper/agent"), { recursive: true });
    const plan = { plan: { anthropic: { name: "Max 20x", usdPerMonth: 200 } } };
    await Deno.writeTextFile(join(home, ".opper/agent/config.json"), JSON.stringify(plan));
    const quiet = await ask(home, []);
    deepStrictEqual(quiet.plans, ["anthropic"]);
    strictEqual(quiet.rows[0].advice, undefined);
    strictEqual(quiet.rows[0].leave.reason, "plan");
    ok(quiet.notes.some((note: string) => note.includes("a plan pays")), quiet.notes.join("\n"));
    const asked = await ask(home, ["--what", "cache"]);
    strictEqual(asked.rows[0].advice.id, "cache_1h");
  });
});

Deno.test("a row is the same, however it was asked for", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeClaude(home, "/srv/thinker", SESSION, THINKER);
    // Of another project 24 returns to what an hour holds, each of which found nothing.
    const away = Array.from({ length: 25 }, (_, place) => ({ minutes: place * 30, write1h: PREFIX }));
    await writeClaude(home, "/srv/away", SESSION.replace("f00", "f01"), away);
    const [all, one] = [await ask(home, []), await ask(home, ["thinker"])];
    const { followed, ...row } = one.rows[0];
    deepStrictEqual(all.rows.find(({ project }: Json) => project === "/srv/thinker"), row);
    strictEqual(followed.returns.length, 11);
    deepStrictEqual([one.rows.length, one.recorded.turns, one.earlyLosses.lost], [1, 36, 24]);
  });
});

Deno.test("hidden projects are in sums, and in no row unless they are asked for", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeClaude(home, "/srv/thinker", SESSION, THINKER);
    const hidden = await ask(home, ["--hide-project", "thinker"]);
    deepStrictEqual(hidden.rows, []);
    isUsd(hidden.recorded.usd, 8.7, "recorded");
    const text = JSON.stringify(hidden);
    ok(!text.includes("thinker"), text);
    deepStrictEqual(hidden.notes, ["1 row of hidden projects counted, and not shown."]);
    const asked = await ask(home, ["thinker", "--hide-project", "thinker"]);
    strictEqual(asked.rows.length, 1);
  });
});

Deno.test("Pi: its setting, its own pings, and a price that the list does not explain", async () => {
  await withTemporaryDirectory(async (home) => {
    const model = "claude-opus-4-5";
    const turn = (minutes: number, cached: { cacheRead?: number; cacheWrite?: number }, usd = 0) =>
      piTurn({ id: `m${minutes}`, at: iso(minutes), model, input: 0, output: 0, usd, ...cached });
    const ping = (minutes: number) => ({
      type: "usage",
      kind: "cache_warm",
      id: `p${minutes}`,
      parentId: null,
      timestamp: iso(minutes),
      provider: "anthropic",
      model,
      usage: {
        input: 0,
        output: 1,
        cacheRead: PREFIX,
        cacheWrite: 0,
        totalTokens: PREFIX + 1,
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
      },
    });
    const rounds = THINKER.map(({ minutes, read, write5m }) =>
      turn(minutes, {
        ...(read === undefined ? {} : { cacheRead: read }),
        ...(write5m === undefined ? {} : { cacheWrite: write5m }),
      })
    );
    const lines = [
      piHeader("pi-1"),
      ...rounds,
      turn(400, { cacheWrite: PREFIX }),
      ping(404),
      turn(408, { cacheRead: PREFIX }),
    ];
    await writeLog(piLogPath(home, "pi-1"), [...lines, turn(409, { cacheRead: PREFIX }, 0.2)]);
    const answer = await ask(home, ["--what", "cache", "--what", "keep-alive", "--what", "context"]);
    const [row] = answer.rows;
    deepStrictEqual(row.advice.settings, [{
      client: "pi",
      key: "PI_CACHE_RETENTION",
      value: "long",
      note: "Pi then no longer warms while idle.",
    }]);
    deepStrictEqual(answer.leftOut.reasons, [{ reason: "other_price", turns: 1, usd: 0.2 }]);
    const [context] = answer.context;
    deepStrictEqual([context.warming.pings, context.warming.followed], [1, 1]);
    isUsd(context.warming.usd, 0.050025, "pings");
    strictEqual(context.firstPrompts.medianTokens, PREFIX);
  });
});

Deno.test("an agent without a setting gets the figure, and no advice", async () => {
  await withTemporaryDirectory(async (home) => {
    const parts = THINKER.map(({ minutes, read = 0, write5m = 0 }, place) =>
      piTurn({
        id: `m${place}`,
        at: iso(minutes),
        model: "claude-opus-4-5",
        input: 0,
        output: 0,
        usd: 0,
        cacheRead: read,
        cacheWrite: write5m,
      })
    );
    const path = join(home, ".openclaw/agents/main/sessions/0800ecd2-8a24-408f-9a69-a0254bdd0f00.jsonl");
    await writeLog(path, [piHeader("0800ecd2-8a24-408f-9a69-a0254bdd0f00"), ...parts]);
    const { rows } = await ask(home, []);
    deepStrictEqual(rows.map(({ source, advice, leave }: Json) => [source, advice, (leave as Json).reason]), [
      ["openclaw", undefined, "no_setting"],
    ]);
  });
});

Deno.test("what there is nothing to say of is said to be so", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await t.step("no sessions", async () => {
      const { rows, notes, recorded } = await ask(home, []);
      deepStrictEqual([rows, recorded], [[], { usd: 0, turns: 0 }]);
      ok(notes.some((note: string) => note.startsWith("There are no turns")), notes.join("\n"));
    });
    await writeClaude(home, "/srv/thinker", SESSION, THINKER);
    await t.step("no such project", async () => {
      const { rows, notes } = await ask(home, ["nowhere"]);
      deepStrictEqual(rows, []);
      ok(notes.includes('There are no turns of "nowhere" in this span.'), notes.join("\n"));
    });
    await t.step("before all of them", async () => {
      const { rows, leftOut } = await ask(home, ["--as-of", "2026-11-01"]);
      deepStrictEqual([rows, leftOut.turns], [[], 0]);
    });
    for (
      const [args, message] of [
        [["--since", "yesteryear"], /is not a time/],
        [["--role", "helper"], /--role/],
        [["--what", "luck"], /--what/],
      ] as const
    ) {
      await t.step(args.join(" "), async () => {
        const { code, stdout, stderr } = await runAgent(["advise", ...args], { home });
        deepStrictEqual([code, stdout], [2, ""]);
        match(stderr, message);
      });
    }
  });
});

Deno.test("logs that are broken or cannot be read stop nothing", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeClaude(home, "/srv/thinker", SESSION, THINKER);
    const directory = join(home, ".claude/projects/-srv-thinker");
    const before = await ask(home, []);
    await t.step("lines that are none", async () => {
      const log = join(directory, `${SESSION}.jsonl`);
      await Deno.writeTextFile(log, '{"type":"assistant","message":{"usage":{"cache_read\n\0\0\n', { append: true });
      await Deno.writeTextFile(join(directory, "empty.jsonl"), "");
      const { rows } = await ask(home, []);
      deepStrictEqual(rows, before.rows);
    });
    await t.step("one that nobody may read any more", async () => {
      await Deno.chmod(join(directory, `${SESSION}.jsonl`), 0);
      const { code, stdout } = await runAgentAsNobody(["advise", "--json", "--as-of", NOW], { home });
      strictEqual(code, 0);
      const { rows, leftOut } = JSON.parse(stdout);
      ok(rows.length === 0 || rows[0].turns === 36);
      ok(rows.length > 0 || leftOut.turns === 0 || leftOut.reasons[0].reason === "unreadable");
    });
  });
});

Deno.test("of real sessions nothing is advised, and why is said", async () => {
  const asked = ["advise", "--json", "--as-of", FIXTURE_NOW, "--since", "2020-01-01"];
  const { code, stdout } = await withTemporaryDirectory(async (opperHome) =>
    await runAgent(asked, { home: FIXTURE_HOME, opperHome })
  );
  strictEqual(code, 0);
  const { rows, notes, leftOut } = JSON.parse(stdout);
  ok(rows.length > 0);
  ok(rows.every(({ advice, leave }: Json) => advice === undefined && leave !== undefined));
  ok(notes.some((note: string) => note.startsWith("No setting is worth a change")), notes.join("\n"));
  ok(leftOut.reasons.some(({ reason }: Json) => reason === "no_choice"));
});

Deno.test({
  name: "Ctrl-C ends it in the middle, with a word and without an answer",
  // What a process catches is told by Linux alone.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withTemporaryDirectory(async (home) => {
      // Long enough that a signal comes in the middle.
      const many = Array.from({ length: 8 }, () => THINKER).flat().map((sent, place) => ({ ...sent, minutes: place }));
      for (let session = 0; session < 300; session++) {
        const id = `0800ecd2-8a24-408f-9a69-${String(session).padStart(12, "0")}`;
        await writeClaude(home, `/srv/p${session % 7}`, id, many);
      }
      await runAgent(["sessions", "--limit", "1"], { home });
      const [program, ...args] = agentCommand();
      const child = new Deno.Command(program!, {
        args: [...args, "advise", "--as-of", NOW],
        cwd: home,
        clearEnv: true,
        env: agentEnvironment({ home }),
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const output = child.output();
      await waitUntil("the replay to begin", () => catchesInterrupt(child.pid));
      child.kill("SIGINT");
      const { code, stdout, stderr } = await output;
      deepStrictEqual([code, new TextDecoder().decode(stdout)], [130, ""]);
      match(new TextDecoder().decode(stderr), /^error: Stopped: there is no answer out of a part of the sessions\.\n/);
    });
  },
});

function catchesInterrupt(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & 2n) !== 0n;
}
