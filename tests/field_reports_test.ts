/**
 * Inputs of the kinds that people reported: `field_reports/<case>/home` is a home directory, and `expected.json` beside it
 * says what is right, why, and after whose report. A new one is a new directory.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type * as z from "zod";
import type { costOutput } from "../src/operations/usage/cost_output.ts";
import type { DoctorOutput } from "../src/operations/usage/doctor_output.ts";
import type { SessionJson } from "../src/operations/report/schemas.ts";
import type { SessionOutput } from "../src/operations/usage/session_output.ts";
import type { sessionsOutput } from "../src/operations/usage/sessions_output.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

type Usage = { readonly [kind in keyof SessionJson["usage"]]?: number | null };

interface ExpectedCache {
  readonly state?: string;
  readonly tokens?: number;
  readonly strategyNot?: string;
  readonly warmUsd?: number;
  readonly coldUsd?: number;
}

interface ExpectedSession {
  readonly source: string;
  readonly sessionId: string;
  /** Null: any number. */
  readonly turns: number | null;
  readonly usage: Usage;
  /** Null: no known cost, and said so. */
  readonly usd: number | null;
  readonly unpricedTurns?: number;
  readonly standardRateTurns?: number;
  readonly unloggedUsd?: number | null;
  readonly basis?: string;
  /** As `provider/model`, the most expensive first. */
  readonly models?: readonly string[];
  readonly startedAt?: string;
  readonly parentSessionId?: string;
  readonly cache?: ExpectedCache;
  readonly cacheAt?: readonly (ExpectedCache & { readonly asOf: string })[];
  readonly misses?: number;
  /** Words that the answer of `session --turns` has. */
  readonly says?: readonly string[];
}

interface FieldReport {
  readonly asOf: string;
  readonly sessions: readonly ExpectedSession[];
  readonly listed?: number;
  readonly total?: { readonly turns: number; readonly usage: Usage; readonly usd: number | null };
  /** Rows of `cost --by project`. */
  readonly projects?: number;
  /** What one of `doctor`'s problems says. */
  readonly doctorSays?: readonly string[];
  /** What none of them may say. @default nothing */
  readonly doctorQuiet?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const CASES = new URL("./field_reports/", import.meta.url);

for (const { name } of [...Deno.readDirSync(CASES)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  const place = new URL(`${name}/`, CASES);
  const home = fileURLToPath(new URL("home", place));
  const report = JSON.parse(await Deno.readTextFile(new URL("expected.json", place))) as FieldReport;
  Deno.test(`field report ${name}`, async (t) => {
    await withTemporaryDirectory(async (opperHome) => {
      async function ask<T>(...args: string[]): Promise<T> {
        const run = await runAgent([...args, "--json"], { home, opperHome, cwd: "/", env: report.env });
        strictEqual(run.code, 0, run.stderr);
        return JSON.parse(run.stdout) as T;
      }
      const listAt = (asOf: string) => ask<z.infer<typeof sessionsOutput>>("sessions", "--limit", "0", "--as-of", asOf);
      const { sessions, totalCost } = await listAt(report.asOf);
      for (const expected of report.sessions) {
        await t.step(`${expected.source} ${expected.sessionId}`, async () => {
          const find = (among: readonly SessionJson[]) =>
            among.find(({ source, sessionId }) => source === expected.source && sessionId === expected.sessionId);
          const found = find(sessions);
          ok(found !== undefined, "is not listed");
          checkSession(found, expected);
          if (expected.cache !== undefined) checkCache(found.cache, expected.cache);
          for (const { asOf, ...cache } of expected.cacheAt ?? []) {
            checkCache(find((await listAt(asOf)).sessions)!.cache, cache);
          }
          const { misses, says = [], parentSessionId } = expected;
          if (misses !== undefined || says.length > 0 || parentSessionId !== undefined) {
            const one = await ask<SessionOutput>("session", expected.sessionId, "--turns", "--as-of", report.asOf);
            strictEqual(one.session.parentSessionId, parentSessionId ?? one.session.parentSessionId);
            if (misses !== undefined) strictEqual(one.misses.turns, misses);
            for (const word of says) ok(JSON.stringify(one).includes(word), `does not say ${word}`);
          }
        });
      }
      const { listed, total, projects, doctorSays, doctorQuiet } = report;
      if (listed !== undefined) strictEqual(sessions.length, listed);
      if (total !== undefined) {
        strictEqual(sessions.reduce((sum, { turns }) => sum + turns, 0), total.turns);
        checkUsage(sessions, total.usage);
        checkCost(totalCost, total.usd);
      }
      if (projects !== undefined) {
        const { rows } = await ask<z.infer<typeof costOutput>>("cost", "--by", "project", "--as-of", report.asOf);
        strictEqual(rows.length, projects);
      }
      if (doctorSays !== undefined || doctorQuiet) {
        const quick = await ask<DoctorOutput>("doctor", "--quick");
        const whole = await ask<DoctorOutput>("doctor");
        for (const { problems } of [quick, whole]) {
          if (doctorQuiet) deepStrictEqual(problems, []);
          for (const words of doctorSays ?? []) {
            ok(problems.some(({ message }) => message.includes(words)), `${words}: ${JSON.stringify(problems)}`);
          }
        }
      }
    });
  });
}

function checkSession(found: SessionJson, expected: ExpectedSession): void {
  if (expected.turns !== null) strictEqual(found.turns, expected.turns);
  checkUsage([found], expected.usage);
  checkCost(found.cost, expected.usd);
  const { models, startedAt, unpricedTurns, standardRateTurns, basis, unloggedUsd } = expected;
  if (models !== undefined) deepStrictEqual(found.models.map(({ provider, model }) => `${provider}/${model}`), models);
  if (startedAt !== undefined) strictEqual(found.startedAt, startedAt);
  if (unpricedTurns !== undefined) strictEqual(found.cost.unpricedTurns, unpricedTurns);
  if (standardRateTurns !== undefined) strictEqual(found.cost.standardRateTurns ?? 0, standardRateTurns);
  if (basis !== undefined) strictEqual(found.cost.basis, basis);
  if (unloggedUsd === null) strictEqual(found.cost.unlogged, undefined);
  else if (unloggedUsd !== undefined) isNear(found.cost.unlogged?.usd ?? NaN, unloggedUsd);
}

function checkUsage(sessions: readonly SessionJson[], usage: Usage): void {
  for (const kind of Object.keys(usage) as (keyof Usage)[]) {
    const sum = sessions.reduce((sum, session) => sum + session.usage[kind], 0);
    if (usage[kind] !== null) strictEqual(sum, usage[kind], kind);
  }
}

function checkCost(cost: SessionJson["cost"], usd: number | null): void {
  if (usd === null) {
    ok(cost.unpricedTurns > 0 && cost.usd === 0, JSON.stringify(cost));
    return;
  }
  strictEqual(cost.unpricedTurns, 0);
  isNear(cost.usd, usd);
}

function checkCache(cache: SessionJson["cache"], expected: ExpectedCache): void {
  const { state, tokens, strategyNot, warmUsd, coldUsd } = expected;
  if (state !== undefined) strictEqual(cache.state, state);
  if (tokens !== undefined) strictEqual(cache.tokens, tokens);
  ok(cache.strategy !== strategyNot, cache.strategy);
  if (warmUsd !== undefined) isNear(cache.resumeUsd?.warm ?? NaN, warmUsd);
  if (coldUsd !== undefined) isNear(cache.resumeUsd?.cold ?? NaN, coldUsd);
}

function isNear(found: number, expected: number): void {
  ok(Math.abs(found - expected) < 1e-9, `${found}, expected ${expected}`);
}
