/**
 * What an agent itself says of the end of its cache goes before every rule, in every answer. The agent is made for this
 * (support/tally_agent.ts). Its model is one whose cache lives five minutes by what its provider documents.
 */
import { deepStrictEqual, match } from "node:assert/strict";
import { withTallyHome } from "./support/run_tally.ts";

const OPUS = { provider: "anthropic", model: "claude-opus-4-6" };

Deno.test("the expiry that an agent recorded is what every answer says", () =>
  withTallyHome(async (home) => {
    await home.write("s.jsonl", [
      { kind: "session", id: "s", cwd: "/srv/a", at: "2026-11-20T09:00:00Z" },
      {
        ...{ kind: "turn", id: "1", ...OPUS, at: "2026-11-20T09:00:00Z", cacheWrite: 10_000, output: 1 },
        expires: "2026-11-20T09:02:00Z",
      },
      {
        ...{ kind: "turn", id: "2", ...OPUS, at: "2026-11-20T09:03:00Z", cacheWrite: 10_100, output: 1 },
        expires: "2026-11-20T09:13:00Z",
      },
      {
        ...{ kind: "turn", id: "3", ...OPUS, at: "2026-11-20T09:12:00Z", cacheRead: 10_100, output: 1 },
        expires: "2026-11-20T09:22:00Z",
      },
    ]);
    const at = (time: string) => ["--as-of", `2026-11-20T${time}Z`];
    const states: [time: string, state: string, expiresAt: string][] = [
      ["09:01:59.999", "warm", "09:02:00"],
      ["09:02:00", "cold", "09:02:00"],
      ["09:12:59.999", "warm", "09:22:00"],
      ["09:21:59", "warm", "09:22:00"],
      ["09:22:00", "cold", "09:22:00"],
    ];
    for (const [time, state, expiresAt] of states) {
      for (const command of [["sessions"], ["session", "s"], ["cache", "--all"], ["overview"]]) {
        const { sessions, session, caches } = await home.ask([...command, ...at(time)]);
        const { cache } = session ?? (sessions ?? caches)[0];
        deepStrictEqual([cache.state, cache.strategy, cache.expiresAt], [
          ...[state, "recorded", `2026-11-20T${expiresAt}.000Z`],
        ], `${command} at ${time}`);
        match(cache.evidence.basis, /^The agent's own log says/);
      }
    }
    // The pause of three minutes was too long by what it says, that of nine was not.
    const { turns } = await home.ask(["session", "s", "--turns", ...at("12:00:00")]);
    deepStrictEqual(turns.map(({ outcome, cause }: Record<string, unknown>) => [outcome, cause]), [
      ...[["first", undefined], ["miss", "expired"], ["hit", undefined]],
    ]);
    // And of both something is learned.
    const [learned] = (await home.ask(["cache", ...at("12:00:00")])).lifetimes;
    deepStrictEqual([learned.survivals, learned.drops], [1, 1]);
    const text = await home.print(["cache", ...at("09:20:00")]);
    match(text, /^warm 2m 00s +s .* recorded$/m);
    match(await home.print(["session", "s", ...at("09:20:00")]), /^ +expires +in 2m 00s$/m);
  }));
