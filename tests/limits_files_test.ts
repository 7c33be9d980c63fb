/** `limits` and the files that it reads: several accounts, files that are missing, broken, or grow, and what scripts see. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zstdCompressSync } from "node:zlib";
import type { LimitsOutput } from "../src/operations/limits/limits_output.ts";
import { writeLog } from "./support/logs.ts";
import { runAgent, runAgentAsNobody, withTemporaryDirectory } from "./support/run_agent.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const seconds = (minutes: number) => NOW / 1000 + minutes * 60;

const codexLog = (home: string, directory = ".codex") =>
  join(home, directory, "sessions/2026/11/25/rollout-2026-11-25T11-00-00-01a20000-0000-7000-8000-00000000000a.jsonl");

/** Five hours that end at 13:40. */
function counted(minutes: number, used: number, resetsAt = 100): object {
  const primary = { used_percent: used, window_minutes: 300, resets_at: seconds(resetsAt) };
  const limits = { limit_id: "codex", primary, secondary: null };
  return {
    timestamp: at(minutes),
    type: "event_msg",
    payload: { type: "token_count", info: null, rate_limits: limits },
  };
}

const shown = (minutes: number, used: number, more: object = {}) => ({
  at: at(minutes),
  source: "claude",
  limits: { five_hour: { used_percentage: used, resets_at: seconds(100) } },
  ...more,
});

const keep = (home: string, ...lines: readonly (string | object)[]) =>
  writeLog(join(home, ".opper/agent/limits.jsonl"), lines);

interface Asked {
  readonly code: number;
  readonly output: LimitsOutput;
}

async function ask(
  home: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const { code, stdout, stderr } = await runAgent(["limits", "--json", "--as-of", at(0), ...args], { home, env });
  ok(stdout !== "", stderr);
  return { code, output: JSON.parse(stdout) };
}

const used = ({ limits }: LimitsOutput) =>
  limits.map(({ source, account, usedPercent, state }) => [source, account, usedPercent, state]);

Deno.test("each configuration directory is an account of its own", () =>
  withTemporaryDirectory(async (home) => {
    await keep(
      home,
      shown(-9, 40, { root: join(home, ".claude") }),
      shown(-8, 90, { root: `${join(home, ".claude-work")}/` }),
      // The usual directory.
      shown(-7, 41),
    );
    const env = { CODEX_HOME: join(home, "codex-work") };
    await writeLog(codexLog(home, "codex-work"), [counted(-5, 12)]);
    const { output } = await ask(home, [], env);
    deepStrictEqual(used(output), [
      ["claude", "~/.claude", 41, "current"],
      ["claude", "~/.claude-work", 90, "current"],
      ["codex", "~/codex-work", 12, "current"],
    ]);
    deepStrictEqual(used((await ask(home, ["--source", "codex"], env)).output), [[
      "codex",
      "~/codex-work",
      12,
      "current",
    ]]);
    const { stdout } = await runAgent(["limits", "--as-of", at(0)], { home, env });
    match(stdout, /^Source +Account +Limit/);
  }));

Deno.test("turns since a reading are those of its account", () =>
  withTemporaryDirectory(async (home) => {
    const usage = {
      input_tokens: 10,
      cached_input_tokens: 0,
      output_tokens: 5,
      reasoning_output_tokens: 0,
      total_tokens: 15,
    };
    const turn = (minutes: number, total: number) => ({
      timestamp: at(minutes),
      type: "event_msg",
      payload: {
        type: "token_count",
        info: {
          total_token_usage: { ...usage, input_tokens: total, total_tokens: total + 5 },
          last_token_usage: usage,
        },
      },
    });
    const header = (id: string) => ({
      timestamp: at(-60),
      type: "session_meta",
      payload: { id, timestamp: at(-60), cwd: "/srv/app", model_provider: "openai" },
    });
    const id = "01a20000-0000-7000-8000-00000000000a";
    await writeLog(codexLog(home), [
      header(id),
      counted(-40, 12),
      turn(-41, 10),
      turn(-30, 20),
      turn(-20, 30),
      turn(5, 40),
    ]);
    await writeLog(codexLog(home, "other"), [header(id.replace(/a$/, "b")), turn(-10, 10)]);
    const { output } = await ask(home, ["--root", `codex=${join(home, "other/sessions")}`]);
    deepStrictEqual(output.limits.map(({ usedPercent, turnsSince, state }) => [usedPercent, turnsSince, state]), [
      [12, 2, "stale"],
    ]);
    const { stdout } = await runAgent(["limits", "--as-of", at(0)], { home });
    match(stdout, /at least 12%.*40m ago, 2 turns since/);
  }));

Deno.test("what was told long ago has been reset, and is not left out", () =>
  withTemporaryDirectory(async (home) => {
    await writeLog(codexLog(home), [counted(-60, 12)]);
    await Deno.utime(codexLog(home), new Date(NOW), new Date(NOW));
    const { stdout } = await runAgent(["limits", "--json", "--as-of", "2027-03-01T00:00:00Z"], { home });
    deepStrictEqual(used(JSON.parse(stdout)), [["codex", "~/.codex", null, "reset"]]);
  }));

Deno.test("a log that grows is read as far as it is written", () =>
  withTemporaryDirectory(async (home) => {
    await writeLog(codexLog(home), [counted(-9, 12)]);
    const line = JSON.stringify(counted(-5, 20));
    await Deno.writeTextFile(codexLog(home), line.slice(0, 80), { append: true });
    strictEqual((await ask(home)).output.limits[0]!.usedPercent, 12);
    await Deno.writeTextFile(codexLog(home), line.slice(80), { append: true });
    strictEqual((await ask(home)).output.limits[0]!.usedPercent, 20);
  }));

Deno.test("a compressed log tells as much", () =>
  withTemporaryDirectory(async (home) => {
    await writeLog(codexLog(home), [counted(-5, 12)]);
    await Deno.writeFile(`${codexLog(home)}.zst`, zstdCompressSync(await Deno.readFile(codexLog(home))));
    await Deno.remove(codexLog(home));
    // A second time, when nothing of it changed.
    for (let time = 0; time < 2; time++) strictEqual((await ask(home)).output.limits[0]!.usedPercent, 12);
  }));

Deno.test("nothing is there: who could give a reading, and how", () =>
  withTemporaryDirectory(async (home) => {
    const { code, output } = await ask(home, ["--fail-above", "0"]);
    deepStrictEqual([code, output.limits, output.refused, output.amounts], [0, [], [], []]);
    match(output.notes.join("\n"), /"statusLine"[\s\S]*API key[\s\S]*Codex logs its limits/);
    const { stdout } = await runAgent(["limits", "--source", "gemini"], { home });
    match(stdout, /^No reading of a limit was found\.\nNo file of these agents tells limits\.\n$/);
  }));

Deno.test(
  "a file that cannot be read is told, and the rest is answered",
  { ignore: Deno.build.os === "windows" },
  () =>
    withTemporaryDirectory(async (home) => {
      await keep(home, shown(-5, 40));
      await writeLog(codexLog(home), [counted(-5, 12)]);
      const kept = join(home, ".opper/agent/limits.jsonl");
      await Deno.chmod(kept, 0o000);
      const run = await runAgentAsNobody(["limits", "--json", "--as-of", at(0)], { home });
      const output = JSON.parse(run.stdout) as LimitsOutput;
      deepStrictEqual(used(output), [["codex", "~/.codex", 12, "current"]]);
      match(output.notes.join("\n"), /1 reading left out: see `opper-agent doctor`/);
      const doctor = await runAgentAsNobody(["doctor", "--quick"], { home });
      match(doctor.stdout, /limits\.jsonl +The kept limits cannot be read\./);
      await Deno.remove(kept);
      await Deno.mkdir(kept);
      deepStrictEqual(used((await ask(home)).output), [["codex", "~/.codex", 12, "current"]]);
    }),
);

Deno.test("doctor names the file, and how much is in it", () =>
  withTemporaryDirectory(async (home) => {
    await keep(home, shown(-5, 40), shown(-4, 41));
    const { stdout } = await runAgent(["doctor", "--quick"], { home });
    match(stdout, /^Limits +~\/\.opper\/agent\/limits\.jsonl: 2 readings kept, last 2026-11-25 11:56 UTC$/m);
  }));

Deno.test("--fail-above ends with a status of its own, and says the same", () =>
  withTemporaryDirectory(async (home) => {
    await keep(home, shown(-40, 91));
    for (const [percent, status] of [["90", 3], ["90.9", 3], ["91", 0]] as const) {
      const run = await runAgent(["limits", "--as-of", at(0), "--fail-above", percent], { home });
      strictEqual(run.code, status, run.stderr);
      match(run.stdout, /at least 91%.*nearly full/);
    }
    // It was reset since.
    strictEqual((await runAgent(["limits", "--as-of", at(101), "--fail-above", "90"], { home })).code, 0);
    for (const wrong of ["-1", "ninety", "1001"]) {
      strictEqual((await runAgent(["limits", "--fail-above", wrong], { home })).code, 2);
    }
  }));

Deno.test("of ~/.claude.json one member is read, limits of single models among it", () =>
  withTemporaryDirectory(async (home) => {
    const week = { utilization: 61, resets_at: new Date(NOW + 5 * 86_400_000).toISOString() };
    const state = (member: unknown) =>
      Deno.writeTextFile(join(home, ".claude.json"), JSON.stringify({ userID: "x", cachedUsageUtilization: member }));
    await state({
      fetchedAtMs: NOW - 60_000,
      utilization: {
        five_hour: { utilization: 42, resets_at: at(100) },
        seven_day: week,
        seven_day_opus: null,
        seven_day_sonnet: { utilization: null, resets_at: null },
        extra_usage: { monthly_limit: 5000, used_credits: 12, utilization: 0.2, currency: "USD" },
        limits: [{
          kind: "weekly_scoped",
          group: "weekly",
          percent: 7,
          resets_at: week.resets_at,
          scope: { model: { display_name: "Opus" } },
        }],
      },
    });
    const { output } = await ask(home);
    deepStrictEqual(output.limits.map(({ limit, window, usedPercent, via }) => [limit, window, usedPercent, via]), [
      ["plan", "5h", 42, "settings"],
      ["plan", "weekly", 61, "settings"],
      ["opus", "weekly", 7, "settings"],
    ]);
    for (
      const broken of [null, [], { fetchedAtMs: "x" }, {
        fetchedAtMs: NOW - 1,
        utilization: { five_hour: 4, limits: {} },
      }]
    ) {
      await state(broken);
      deepStrictEqual((await ask(home)).output.limits, []);
    }
  }));

Deno.test("a clock that is put back changes no window", () =>
  withTemporaryDirectory(async (home) => {
    // In Stockholm the night of October 25 has two hours from 02:00 to 03:00: 00:30Z is the first half past two.
    const first = Date.parse("2026-10-25T00:30:00Z");
    const limits = { five_hour: { used_percentage: 50, resets_at: first / 1000 + 2 * 3600 } };
    await keep(home, { at: new Date(first).toISOString(), source: "claude", limits });
    const asked = async (asOf: string) => {
      const args = ["limits", "--as-of", asOf, "--timezone", "Europe/Stockholm"];
      return (await runAgent(args, { home })).stdout.split("\n")[1];
    };
    match((await asked("2026-10-25T00:31:00Z"))!, /50%.* 03:30, in 1h 59m +1m ago/);
    match((await asked("2026-10-25T01:31:00Z"))!, /at least 50%.* 03:30, in 59m +1h ago/);
    match((await asked("2026-10-25T02:30:00Z"))!, /\?.*reset at 03:30, nothing read since \(was 50%\)/);
  }));

Deno.test("cost since a reset: when the window began that runs now", () =>
  withTemporaryDirectory(async (home) => {
    const cost = async (since: string, ...args: string[]) => {
      const run = await runAgent(["cost", "--json", "--as-of", at(0), "--since", since, ...args], { home });
      return run.code === 0 ? JSON.parse(run.stdout).since : `${run.code} ${run.stderr}`;
    };
    match(await cost("reset:week"), /^1 error: When the limit of a week was reset is not known[\s\S]*--since 7d/);
    match(await cost("reset:moon"), /^2 error: "reset:moon" names no window of a limit/);
    await keep(home, shown(-5, 40));
    await writeLog(codexLog(home), [counted(-5, 12, 60)]);
    // Five hours before 13:40, and before 13:00.
    strictEqual(await cost("reset:5h", "--source", "claude"), at(100 - 300));
    strictEqual(await cost("RESET:5h", "--source", "codex"), at(60 - 300));
    match(await cost("reset:5h"), /^1 error: "reset:5h" is not one time: claude in ~\/\.claude on .*--source claude/s);
    // It has ended, and nothing was read since.
    const { stdout } = await runAgent(
      ["cost", "--json", "--as-of", at(90), "--since", "reset:5h", "--source", "codex"],
      { home },
    );
    strictEqual(JSON.parse(stdout).since, at(60));
  }));

Deno.test("credits of a month have no percentage: what a plan includes is in no log", () =>
  withTemporaryDirectory(async (opperHome) => {
    const home = fileURLToPath(new URL("./fixtures/sources/copilot/handmade/home", import.meta.url));
    const asked = async (...args: string[]) => {
      const { stdout, stderr } = await runAgent(["limits", ...args], { home, opperHome, cwd: "/" });
      strictEqual(stderr, "");
      return stdout;
    };
    // 4,575,000,000 and 615,000,000 billionths of a credit.
    const { amounts, limits } = JSON.parse(await asked("--json", "--as-of", "2026-11-30T23:59:59Z")) as LimitsOutput;
    deepStrictEqual(amounts, [{ source: "copilot", unit: "credits", used: 5.19, since: "2026-11-01T00:00:00.000Z" }]);
    deepStrictEqual(limits, []);
    match(await asked("--as-of", "2026-11-30T23:59:59Z"), /^copilot: 5\.19 credits since 2026-11-01\. The allowance/m);
    deepStrictEqual(JSON.parse(await asked("--json", "--as-of", "2026-12-01T00:00:01Z")).amounts, []);
    deepStrictEqual(JSON.parse(await asked("--json", "--source", "claude")).amounts, []);
  }));
