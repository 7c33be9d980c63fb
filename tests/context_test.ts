/**
 * What fills a prompt, over real and generated logs: the parts add up to the prompt that was measured, of the last response
 * and of any before, and none of them is below zero.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateCorpus } from "../bench/corpus_generator/generate_corpus.ts";
import { agentWithLogs } from "../src/agents/agents.ts";
import { lastRequest, MAIN_CHAIN, promptTokens } from "../src/core/model.ts";
import { makeMachine } from "../src/host/environment.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import type { UsageIndex } from "../src/scan/index/usage_index.ts";
import type { LastPrompt } from "../src/scan/logs/read_prompts.ts";
import { FIXTURE_HOME, FIXTURE_NOW, withTemporaryDirectory } from "./support/run_agent.ts";
import { copyHome, filesOf, sourceHomes } from "./support/sources/source_homes.ts";

const AT_THE_END = { now: Date.parse(FIXTURE_NOW), isPast: false };

function faultsOf({ parts, promptTokens }: LastPrompt): string[] {
  const faults: string[] = [];
  const sum = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  if (sum !== promptTokens) faults.push(`${sum} in all, and the prompt has ${promptTokens}`);
  for (const { kind, tokens, splitTokens, count } of parts) {
    const isSound = [tokens, splitTokens, count].every((value) => Number.isSafeInteger(value) && value >= 0) &&
      splitTokens <= tokens;
    if (!isSound) faults.push(`${kind}: ${tokens} tokens, ${splitTokens} split, ${count}`);
  }
  return faults;
}

/** @returns how many prompts were looked at */
async function checkAll(home: string): Promise<number> {
  return await withTemporaryDirectory(async (stateDirectory) => {
    const scan: UsageIndex = await openIndex({ machine: makeMachine({ home }), stateDirectory, useIndex: false });
    try {
      let looked = 0;
      for (const session of await scan.sessions(AT_THE_END)) {
        const { id, sessionId } = session;
        const turns = (await scan.explainedTurns(id, AT_THE_END) ?? []).filter(({ chain }) => chain === MAIN_CHAIN);
        const prompt = await scan.lastPrompt(session, turns.at(-1)?.at ?? -Infinity, AT_THE_END);
        const last = turns.findLast((turn) => promptTokens(lastRequest(turn)) > 0);
        if (prompt === undefined) {
          const isKnown = last !== undefined && agentWithLogs(session.source).promptLog !== undefined;
          strictEqual(isKnown, false, `${sessionId}: there is a response`);
          continue;
        }
        looked++;
        deepStrictEqual(faultsOf(prompt), [], sessionId);
        if (last !== undefined) ok(prompt.at >= last.at, `${sessionId}: another response is the last`);
        // Of every response that there was, up to some.
        for (const turn of turns.slice(-30)) {
          const then = { now: turn.endedAt ?? turn.at, isPast: true };
          const before = await scan.lastPrompt(session, turn.at, then);
          if (before === undefined) continue;
          looked++;
          deepStrictEqual(faultsOf(before), [], `${sessionId} at ${turn.at}`);
          if (before.at === turn.at) strictEqual(before.promptTokens, promptTokens(lastRequest(turn)), sessionId);
        }
      }
      return looked;
    } finally {
      scan.close();
    }
  });
}

Deno.test("the parts of real prompts add up", async (t) => {
  await t.step("many agents", async () => ok(await checkAll(FIXTURE_HOME) > 100));
  for (const source of sourceHomes()) {
    await t.step(source.name, () =>
      withTemporaryDirectory(async (home) => {
        copyHome(await filesOf(source), home);
        const looked = await checkAll(home);
        // What a person made need not have a response.
        const isKnown = source.agent.promptLog !== undefined;
        if (!isKnown || source.name === source.agent.id) strictEqual(looked > 0, isKnown);
      }));
  }
});

Deno.test("the parts of prompts that people reported add up", async (t) => {
  const cases = fileURLToPath(new URL("field_reports", import.meta.url));
  for (const { name, isDirectory } of Deno.readDirSync(cases)) {
    const home = join(cases, name, "home");
    if (!isDirectory || !existsSync(home)) continue;
    await t.step(name, () =>
      withTemporaryDirectory(async (directory) => {
        const copy = join(directory, "home");
        cpSync(home, copy, { recursive: true });
        await checkAll(copy);
      }));
  }
});

Deno.test("the parts of generated prompts add up", () =>
  withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    generateCorpus({ directory: home, seed: 3, size: { bytes: 3_000_000 } });
    ok(await checkAll(home) > 100);
  }));
