/** What sellers bill in units of their own, in every answer. The agent is made for this (support/tally_agent.ts). */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { withTallyHome } from "./support/run_tally.ts";
import { registerTally } from "./support/tally_agent.ts";

registerTally();

const COPILOT = { provider: "github-copilot", model: "claude-sonnet-4.6" };
const NOW = ["--as-of", "2026-11-20T12:00:00Z"];

/** Longer than what the index leaves to the log itself. */
const FILLER = { kind: "note", text: "x".repeat(5000) };

Deno.test("credits are a unit of their own beside dollars", () =>
  withTallyHome(async (home) => {
    // One credit is a cent: 5.19 are $0.0519.
    await home.write("a.jsonl", [
      { kind: "session", id: "a", cwd: "/srv/a", at: "2026-11-20T09:00:00Z" },
      FILLER,
      { kind: "turn", id: "1", ...COPILOT, at: "2026-11-20T09:00:00Z", input: 9, usd: 0.04, credits: 4 },
      { kind: "turn", id: "2", ...COPILOT, at: "2026-11-20T09:01:00Z", input: 9, usd: 0.0119, credits: 1.19 },
      { kind: "turn", id: "3", provider: "x", model: "y", at: "2026-11-20T09:02:00Z", input: 9, usd: 0.5 },
    ]);
    // Of which nobody knows what they are in dollars.
    await home.write("b.jsonl", [
      { kind: "session", id: "b", cwd: "/srv/b", at: "2026-11-19T09:00:00Z" },
      {
        ...{ kind: "total", id: "b1", provider: "factory", model: "glm-x", at: "2026-11-19T09:00:00Z" },
        ...{ inputs: 9, credits: 14_364 },
      },
    ]);
    const [kept, fresh, none] = await home.answers();
    deepStrictEqual(kept, fresh);
    deepStrictEqual(kept, none);
    const { sessions, totalCost } = await home.ask(["sessions", ...NOW]);
    deepStrictEqual(sessions.map(({ cost }: { cost: unknown }) => cost), [
      { usd: 0.5519, basis: "reported", unpricedTurns: 0, credits: { "github-copilot": 5.19 } },
      { usd: 0, basis: "none", unpricedTurns: 1, credits: { factory: 14_364 } },
    ]);
    deepStrictEqual(totalCost.credits, { factory: 14_364, "github-copilot": 5.19 });
    const { models } = sessions[0];
    deepStrictEqual(models.map(({ cost }: { cost: { credits?: unknown } }) => cost.credits), [
      undefined,
      { "github-copilot": 5.19 },
    ]);
    for (const by of ["day", "model", "session"]) {
      const { total, rows } = await home.ask(["cost", "--by", by, ...NOW]);
      deepStrictEqual(total.cost.credits, { factory: 14_364, "github-copilot": 5.19 });
      strictEqual(rows.some(({ cost }: { cost: { credits?: object } }) => cost.credits === undefined), by === "model");
    }
    // A minute of one quarter of an hour.
    const { total } = await home.ask(["cost", "--since", "2026-11-20T09:01:00Z", "--until", "2026-11-20T09:02:00Z"]);
    deepStrictEqual(total.cost, {
      usd: 0.0119,
      basis: "reported",
      unpricedTurns: 0,
      credits: { "github-copilot": 1.19 },
    });
    deepStrictEqual((await home.ask(["overview", ...NOW])).today.cost.credits, { "github-copilot": 5.19 });

    // As more of it comes.
    await home.append("a.jsonl", {
      ...{ kind: "turn", id: "4", ...COPILOT, at: "2026-11-20T10:00:00Z", input: 9, usd: 0.01, credits: 1 },
    });
    const [grown, again] = await home.answers() as { sessions: { cost: { credits: unknown } }[] }[];
    deepStrictEqual(grown, again);
    deepStrictEqual(grown!.sessions.map(({ cost }) => cost.credits), [
      { "github-copilot": 6.19 },
      { factory: 14_364 },
    ]);

    const text = await home.print(["session", "a", ...NOW]);
    match(text, /^Cost +\$0\.562 .*\n +credits +6\.19 credits of github-copilot$/m);
    match(text, /^Model +Turns .* Credits +Cost$/m);
    match(text, /^github-copilot\/claude-sonnet-4\.6 .* 6\.19 +\$0\.062$/m);
    const cost = await home.print(["cost", "--since", "2026-11-20", ...NOW]);
    match(cost, /Credits +Cost/);
    match(cost, /^2026-11-20 .* 6\.19 +\$0\.562/m);
    match(await home.print(["cost", ...NOW, "--csv"]), /,credits_factory,credits_github-copilot,usd\r\n/);
    strictEqual((await home.print(["cost", "--model", "y", ...NOW])).includes("redits"), false);
  }));
