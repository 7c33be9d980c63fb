/** What a gateway said of responses, in every answer: what was billed, who served it, which losses were re-routes. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { GenerationEvidence } from "../src/core/evidence.ts";
import { removeEvidence } from "../src/evidence/evidence_file.ts";
import { pi } from "../src/agents/pi/agent.ts";
import { matchesAny } from "../src/agents/log_store.ts";
import { startThread } from "../src/host/thread.ts";
import { walkFiles } from "../src/host/walk_files.ts";
import { openLogEvidence } from "../src/scan/index/log_evidence.ts";
import { LogWork } from "../src/scan/index/update/log_work.ts";
import type { WorkOrder, WorkReport } from "../src/scan/index/update/work_queue.ts";
import { Prices } from "../src/scan/prices/prices.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { seededRandom } from "./support/random.ts";
import {
  type History,
  type HistoryOptions,
  makeHistory,
  saveEvidence,
  type TrueTurn,
  writeHistory,
} from "./support/routed_history.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { readAnswers } from "./support/scan_answers.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const FIVE_MINUTES = 300_000;
const OPTIONS: HistoryOptions = {
  seed: 20,
  id: ID,
  turns: 78,
  lifetimeMs: FIVE_MINUTES,
  unknownShare: 0.12,
  failureShare: 0.1,
  stickyShare: 0.5,
};
const stateOf = (home: string) => join(home, ".opper/agent");

// deno-lint-ignore no-explicit-any
async function ask(home: string, ...args: readonly string[]): Promise<any> {
  const { code, stdout, stderr } = await runAgent([...args, "--json", "--as-of", "2026-11-26T12:00:00Z"], { home });
  strictEqual(code, 0, stderr);
  return JSON.parse(stdout);
}

const sumOf = (turns: readonly TrueTurn[], read: (turn: TrueTurn) => number) =>
  turns.reduce((sum, turn) => sum + read(turn), 0);
const isNear = (a: number, b: number) => ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

Deno.test("78 turns with re-routes: the bill, each re-route and its cause, and a lifetime that does not move", async (t) => {
  for (const model of ["anthropic/claude-sonnet-4.6", "moonshotai/kimi-k2.5"]) {
    await t.step(model, async () => {
      await withTemporaryDirectory(async (home) => {
        const history = makeHistory({ ...OPTIONS, model });
        await writeHistory(home, history);
        const before = await ask(home, "session", "--turns");
        strictEqual(before.turns.some((turn: { billed?: unknown }) => turn.billed !== undefined), false);
        deepStrictEqual(before.evidence, { turns: 78, found: 0, missing: 0, pending: 78 });
        match(before.notes.join("\n"), /^78 turns could be checked with OpenRouter: opper-agent enrich$/m);
        saveEvidence(stateOf(home), history.evidence);
        await checkSession(await ask(home, "session", "--turns"), history);
        await checkMisses(home, history);
        await checkUpstreams(home, history);
        // Between the longest pause that was survived and the shortest that was not.
        const fits = await fitsOf(home);
        ok(fits.length > 0);
        for (const fit of fits) {
          ok(fit.warmUntilMs < FIVE_MINUTES && fit.coldFromMs >= FIVE_MINUTES, JSON.stringify(fit));
        }
        removeEvidence(stateOf(home));
        deepStrictEqual(await ask(home, "session", "--turns"), before);
        // What the re-routes would have taught: of Claude, what is lost within five minutes is left out anyway.
        if (!model.includes("claude")) {
          const [moved] = await fitsOf(home);
          ok(moved.warmUntilMs < 0.7 * fits[0].warmUntilMs, `${moved.warmUntilMs} and ${fits[0].warmUntilMs}`);
        }
      });
    });
  }
});

// deno-lint-ignore no-explicit-any
async function fitsOf(home: string): Promise<any[]> {
  const { lifetimes } = await ask(home, "cache");
  // deno-lint-ignore no-explicit-any
  return lifetimes.map(({ fit }: any) => fit).filter((fit: unknown) => fit !== undefined);
}

// deno-lint-ignore no-explicit-any
function checkSession(answer: any, history: History): void {
  const { session, turns, misses, evidence, gateway } = answer;
  isNear(session.cost.usd, sumOf(history.turns, ({ usd }) => usd));
  isNear(session.cost.billed.usd, session.cost.usd);
  isNear(session.cost.recordedUsd, sumOf(history.turns, ({ recordedUsd }) => recordedUsd));
  strictEqual(session.cost.billed.turns, 78);
  deepStrictEqual({ ...evidence, askedAt: undefined }, {
    ...{ askedAt: undefined, turns: 78, found: 78, missing: 0, pending: 0 },
  });
  deepStrictEqual(gateway, { name: "openrouter", sessionId: ID, url: "https://openrouter.ai/logs" });
  ok(history.turns.filter(({ rerouted }) => rerouted !== undefined).length >= 15);
  let rerouted = 0;
  for (const [place, turn] of history.turns.entries()) {
    const told = turns[place];
    strictEqual(told.responseId, turn.responseId);
    strictEqual(told.upstream.provider, turn.host);
    isNear(told.billed.usd, turn.usd);
    isNear(told.usd, turn.usd);
    isNear(told.recordedUsd, turn.recordedUsd);
    deepStrictEqual(told.rerouted, turn.rerouted, `turn ${place + 1}`);
    if (told.outcome !== "miss") continue;
    strictEqual(told.cause === "rerouted", turn.rerouted !== undefined, `turn ${place + 1}: ${told.cause}`);
    if (told.cause === "rerouted") rerouted++;
  }
  ok(rerouted > 5);
  strictEqual(misses.byCause.rerouted, rerouted);
}

async function checkMisses(home: string, { turns }: History): Promise<void> {
  const { rows, list } = await ask(home, "misses", "--limit", "0");
  // deno-lint-ignore no-explicit-any
  const ofCause = list.filter(({ cause }: any) => cause === "rerouted");
  // deno-lint-ignore no-explicit-any
  const row = rows.find(({ key }: any) => key === "rerouted");
  strictEqual(row.misses, ofCause.length);
  for (const { at, rerouted, upstream } of ofCause) {
    const turn = turns.find((turn) => turn.at === Date.parse(at))!;
    deepStrictEqual(rerouted, turn.rerouted);
    strictEqual(upstream, turn.host);
  }
}

async function checkUpstreams(home: string, { turns }: History): Promise<void> {
  const { rows, total } = await ask(home, "cost", "--by", "upstream");
  for (const host of new Set(turns.map(({ host }) => host))) {
    const own = turns.filter((turn) => turn.host === host);
    // deno-lint-ignore no-explicit-any
    const row = rows.find(({ key }: any) => key === host);
    strictEqual(row.turns, own.length);
    isNear(row.cost.usd, sumOf(own, ({ usd }) => usd));
  }
  isNear(total.cost.billed.usd, sumOf(turns, ({ usd }) => usd));
}

Deno.test("people are told in words who served a turn, what was billed, and until when a host is kept", async () => {
  await withTemporaryDirectory(async (home) => {
    const history = makeHistory({ ...OPTIONS, replayShare: 0.1, seed: 3 });
    await writeHistory(home, history);
    saveEvidence(stateOf(home), history.evidence);
    const last = history.turns.findLast(({ isReplay }) => !isReplay)!;
    const now = new Date(last.at + 60_000).toISOString();
    const run = await runAgent(["session", "--turns", "--as-of", now], { home, env: { COLUMNS: "220" } });
    match(run.stdout, /Via/);
    match(run.stdout, /cache replay/);
    match(run.stdout, /(Anthropic|Google|Amazon Bedrock) ← (Anthropic|Google|Amazon Bedrock) (429|503|529)/);
    match(run.stdout, /Cost +\$[\d.]+, all of it billed \(by the seller's bill\)/);
    const until = new Date(last.at + 600_000).toISOString().slice(11, 16);
    match(
      run.stdout,
      new RegExp(`served the last \\d* ?turns?\\. OpenRouter keeps to it until ${until} \\(10 minutes\\); `),
    );
    match(run.stdout, /\d+ of the last 40 requests went elsewhere\./);
    const cost = await runAgent(["cost", "--as-of", now], { home });
    match(cost.stdout, /^\$[\d.]+, all of it billed\.$/m);
  });
});

Deno.test("a bill goes before what was recorded, and before no price at all; with a key of one's own it has two parts", async () => {
  await withTemporaryDirectory(async (home) => {
    const [first, second, third] = ["a", "b", "c"].map((name) => `gen-1763632800-${name.repeat(20)}`);
    const turn = (id: string, minute: number, responseId: string, usd: number) => {
      const made = piTurn({
        ...{ id, at: `2026-11-20T10:0${minute}:00.000Z`, provider: "openrouter", model: "nobody/knows-1" },
        ...{ input: 5000, output: 100, usd },
      }) as { message: object };
      return { ...made, message: { ...made.message, responseId } };
    };
    await writeLog(piLogPath(home, ID), [
      piHeader(ID),
      turn("1", 1, first!, 0),
      turn("2", 2, second!, 0.5),
      turn("3", 3, third!, 0),
    ]);
    strictEqual((await ask(home, "session")).session.cost.unpricedTurns, 2);
    saveEvidence(stateOf(home), [
      { id: first!, usd: 0.25, upstream: "Moonshot AI", tier: "flex", router: "openrouter/auto" },
      { id: second!, usd: 0.01, upstreamUsd: 0.3, isByok: true, cacheDiscountUsd: -0.002, upstream: "Moonshot AI" },
    ]);
    const { session, turns } = await ask(home, "session", "--turns");
    // 0.25, and 0.01 of fee with 0.30 of the host in place of the 0.50 that was recorded; the third has no price.
    deepStrictEqual(session.cost, {
      usd: 0.56,
      basis: "reported",
      unpricedTurns: 1,
      billed: { usd: 0.56, turns: 2 },
      recordedUsd: 0.5,
    });
    deepStrictEqual(turns[0].billed, { usd: 0.25, byok: false, source: "openrouter" });
    deepStrictEqual(turns[0].upstream, { provider: "Moonshot AI", tier: "flex", router: "openrouter/auto" });
    deepStrictEqual(turns[1].billed, {
      usd: 0.31,
      upstreamUsd: 0.3,
      byok: true,
      cacheDiscountUsd: -0.002,
      source: "openrouter",
    });
    strictEqual(turns[2].billed, undefined);
    const text = await runAgent(["session"], { home });
    match(text.stdout, /Cost +\$0\.560\+, \$0\.560 of it billed/);
    strictEqual((await runAgent(["doctor", "--costs"], { home })).code, 0);
  });
});

/** Worked out with nothing but the list of what is true: slow, and obvious. */
function expect(history: History, known: ReadonlyMap<string, GenerationEvidence>) {
  let usd = 0;
  const reroutes: unknown[] = [];
  for (const [place, turn] of history.turns.entries()) {
    const evidence = known.get(turn.responseId);
    usd += evidence === undefined ? turn.recordedUsd : turn.isReplay ? 0 : evidence.usd;
    if (evidence === undefined || turn.isReplay) {
      reroutes.push(undefined);
      continue;
    }
    // A replay that nobody was asked about is taken for a request.
    let before = place - 1;
    while (before >= 0 && history.turns[before]!.isReplay && known.has(history.turns[before]!.responseId)) before--;
    const previous = before < 0 ? undefined : known.get(history.turns[before]!.responseId);
    const failed = evidence.attempts!.slice(0, -1);
    const from = before < 0 ? undefined : previous?.upstream ?? failed[0]?.provider;
    if (from === undefined || from === evidence.upstream) {
      reroutes.push(undefined);
      continue;
    }
    const failure = failed.find(({ provider }) => provider === from);
    const isOver = turn.at - history.turns[before]!.at >= 600_000;
    const cause = failure !== undefined ? "failover" : isOver ? "sticky_expired" : "unknown";
    const status = failure?.status === undefined ? {} : { status: failure.status };
    reroutes.push({ from, to: evidence.upstream, cause, ...status });
  }
  return { usd, reroutes };
}

Deno.test("random histories, asked about in part: the sums and re-routes of an obvious computation", async () => {
  const random = seededRandom(5);
  for (let round = 0; round < 25; round++) {
    const history = makeHistory({
      ...{ seed: 100 + round, id: ID, turns: 1 + Math.floor(random() * 90), lifetimeMs: 60_000 + random() * 3_000_000 },
      ...{
        unknownShare: random() * 0.3,
        failureShare: random() * 0.3,
        stickyShare: random(),
        replayShare: random() * 0.2,
      },
      model: round % 2 === 0 ? "anthropic/claude-sonnet-4.6" : "deepseek/deepseek-v4-pro",
      hosts: ["Anthropic", "Google", "Amazon Bedrock", "Azure"].slice(0, 1 + round % 4),
    });
    const isWhole = round % 3 === 0;
    const asked = history.evidence.filter(() => isWhole || random() < 0.8);
    await withTemporaryDirectory(async (home) => {
      await writeHistory(home, history);
      if (asked.length > 0) saveEvidence(stateOf(home), asked);
      // deno-lint-ignore no-explicit-any
      const answers = await readAnswers(home, join(home, ".opper")) as any;
      const expected = expect(history, new Map(asked.map((evidence) => [evidence.id, evidence])));
      isNear(answers.sessions[0].cost.usd, expected.usd);
      const told = answers.turns[0][1];
      if (isWhole) {
        // deno-lint-ignore no-explicit-any
        deepStrictEqual(told.map(({ rerouted }: any) => rerouted), expected.reroutes, `round ${round}`);
      }
      strictEqual(answers.sessions[0].cost.billed?.turns ?? 0, asked.length);
      const inBuckets = answers.buckets.reduce((sum: number, { cost }: { cost: { usd: number } }) => sum + cost.usd, 0);
      isNear(inBuckets, expected.usd);
    });
  }
});

Deno.test("evidence that comes, changes and goes, and logs that grow: the index says what a fresh scan says", async (t) => {
  for (const seed of [1, 2, 3]) {
    await t.step(`seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const histories = Array.from({ length: 4 }, (_, place) =>
        makeHistory({
          ...OPTIONS,
          seed: 10 * seed + place,
          id: `01a1fb64-0000-7000-8000-00000000000${place}`,
          replayShare: 0.05,
          model: place % 2 === 0 ? "anthropic/claude-sonnet-4.6" : "moonshotai/kimi-k2.5",
        }));
      await withTemporaryDirectory(async (home) => {
        const opperHome = join(home, ".opper");
        const counts = histories.map(() => 1 + Math.floor(random() * 40));
        const happened: string[] = [];
        for (let step = 0; step < 14; step++) {
          for (const [place, history] of histories.entries()) {
            if (step > 0 && random() < 0.5) continue;
            counts[place] = random() < 0.1
              ? 1 + Math.floor(random() * 40)
              : Math.min(history.lines.length, counts[place]! + Math.floor(random() * 12));
            await writeHistory(home, history, counts[place]);
            happened.push(`${step}: log ${place} has ${counts[place]} lines`);
          }
          const what = random();
          if (what < 0.15) removeEvidence(stateOf(home));
          else if (what < 0.75) {
            const some = histories.flatMap(({ evidence }) => evidence).filter(() => random() < 0.3);
            // Another bill for the same response.
            const factor = what < 0.3 ? 2 : 1;
            saveEvidence(stateOf(home), some.map((evidence) => ({ ...evidence, usd: factor * evidence.usd })));
          }
          happened.push(`${step}: evidence ${what}`);
          deepStrictEqual(
            await readAnswers(home, opperHome),
            await readAnswers(home, opperHome, { useIndex: false }),
            happened.join("\n"),
          );
        }
      });
    });
  }
});

Deno.test("two threads fold with evidence what one does", async () => {
  await withTemporaryDirectory(async (home) => {
    for (let place = 0; place < 6; place++) {
      const history = makeHistory({ ...OPTIONS, seed: place, id: `01a1fb64-0000-7000-8000-00000000000${place}` });
      await writeHistory(home, history);
      saveEvidence(stateOf(home), history.evidence.filter((_, index) => index % 5 !== 0));
    }
    const root = join(home, ".pi/agent/sessions");
    const tasks = walkFiles(root, (path) => matchesAny(pi.logs!, path)).files.map((file) => ({ source: pi.id, file }));
    const fold = async (isAlone: boolean) => {
      const evidence = await openLogEvidence(stateOf(home));
      let reports = 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      const work = new LogWork({
        prices: new Prices("", undefined),
        evidence,
        threadBytes: 0,
        onStep: () => isAlone ? Promise.resolve() : promise,
        startThread: isAlone ? undefined : () => {
          const thread = startThread<WorkReport, WorkOrder>(
            new URL("../src/scan/index/update/work_thread.ts", import.meta.url).href,
          );
          return {
            ...thread,
            onMessage: (listener) =>
              thread.onMessage((report) => {
                reports += report.outcomes.length;
                resolve();
                listener(report);
              }),
          };
        },
      });
      try {
        const outcomes = await Array.fromAsync(work.run("fold", tasks));
        return {
          reports,
          outcomes: outcomes.sort((a, b) => a.index - b.index).map(({ isKept: _, ...outcome }) => outcome),
        };
      } finally {
        work.end();
        evidence!.close();
      }
    };
    const [alone, together] = [await fold(true), await fold(false)];
    deepStrictEqual(together.outcomes, alone.outcomes);
    ok(together.reports > 0);
    strictEqual(alone.outcomes.every(({ result }) => result!.askable.ids === 78 && result!.askable.found === 62), true);
  });
});

Deno.test("evidence that cannot be read stops no answer", async () => {
  await withTemporaryDirectory(async (home) => {
    const history = makeHistory(OPTIONS);
    await writeHistory(home, history);
    const before = await ask(home, "session");
    saveEvidence(stateOf(home), history.evidence);
    await ask(home, "session");
    await Deno.writeTextFile(
      join(stateOf(home), "evidence.db"),
      "no database at all, and long enough for a header".repeat(40),
    );
    await Deno.remove(join(stateOf(home), "evidence.db-wal")).catch(() => {});
    deepStrictEqual((await ask(home, "session")).session.cost, before.session.cost);
    deepStrictEqual((await ask(home, "session")).session.cost, before.session.cost);
  });
});
