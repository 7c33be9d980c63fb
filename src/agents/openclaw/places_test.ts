import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Machine } from "../../core/machine.ts";
import { makeMachine } from "../../host/environment.ts";
import { storeOf } from "../log_store.ts";
import { logs } from "./places.ts";

const USUAL = ["/home/ada/.openclaw", "/home/ada/.clawdbot", "/home/ada/.moltbot", "/home/ada/.moldbot"];
const agents = (directories: readonly string[]) => directories.map((path) => `${path}/agents`);

Deno.test("roots", async (t) => {
  const rows: [name: string, env: Machine["env"], directories: readonly string[]][] = [
    ["no variable", {}, USUAL],
    ["the state's", { OPENCLAW_STATE_DIR: "/srv/claw" }, ["/srv/claw", ...USUAL]],
    ["empty", { OPENCLAW_STATE_DIR: "", OPENCLAW_HOME: " " }, USUAL],
    ["with ~", { OPENCLAW_STATE_DIR: "~/claw" }, ["/home/ada/claw", ...USUAL]],
    ["with blanks around", { OPENCLAW_STATE_DIR: "  /srv/claw " }, ["/srv/claw", ...USUAL]],
    ["relative", { OPENCLAW_STATE_DIR: "claw" }, ["/work/claw", ...USUAL]],
    ["another home", { OPENCLAW_HOME: "~/svc" }, [
      ...USUAL.map((path) => path.replace("/ada/", "/ada/svc/")),
      ...USUAL,
    ]],
    ["words for nothing", { OPENCLAW_HOME: "undefined" }, USUAL],
  ];
  for (const [name, env, expected] of rows) {
    await t.step(name, () => {
      deepStrictEqual(logs.roots(makeMachine({ home: "/home/ada", cwd: "/work", env })), agents(expected));
    });
  }
});

Deno.test("profiles are found by their names, and old names where they are", () => {
  const names = [".ssh", ".openclaw-work", ".openclaw", ".openclaw-dev", ".clawdbot", ".openclaw.bak", "openclaw"];
  const machine = makeMachine({
    home: "/home/ada",
    env: { OPENCLAW_HOME: "/svc" },
    namesIn: (path) => path === "/home/ada" ? names : [".bashrc"],
  });
  deepStrictEqual(
    logs.roots(machine),
    agents([
      "/svc/.openclaw",
      ...[".openclaw", ".clawdbot", ".openclaw-dev", ".openclaw-work"].map((name) => `/home/ada/${name}`),
    ]),
  );
});

Deno.test("agents may be where the settings say", async (t) => {
  const rows: [name: string, settings: string, expected: readonly string[]][] = [
    ["entries", '{"agents": {"entries": {"a": {"agentDir": "~/a"}, "b": {},}}} // mine', ["/home/ada/a"]],
    ["a list", '{"agents":{"list":[{"id":"a","agentDir":"/srv/a"},{"agentDir":""},{"agentDir":5},null]}}', ["/srv/a"]],
    ["settings that are none", "{", []],
    ["others", '{"agents":[]}', []],
  ];
  for (const [name, settings, expected] of rows) {
    for (const path of ["/home/ada/.openclaw/openclaw.json", "/etc/claw.json"]) {
      await t.step(`${name}, in ${path}`, () => {
        const machine = makeMachine({
          home: "/home/ada",
          env: { OPENCLAW_CONFIG_PATH: "/etc/claw.json" },
          readTextFile: (asked) => asked === path ? settings : undefined,
        });
        deepStrictEqual(logs.roots(machine), [...agents(USUAL), ...expected]);
      });
    }
  }
});

Deno.test("matches", async (t) => {
  const id = "9d47f78d-4b33-48d3-99f4-dc49aa4c5bdb";
  const at = "2026-11-20T10-00-00.000Z";
  const rows: [path: string, store: "database" | "transcripts" | undefined][] = [
    ["main/agent/openclaw-agent.sqlite", "database"],
    ["openclaw-agent.sqlite", "database"],
    ["main/agent/openclaw-agent.sqlite-wal", undefined],
    ["main/agent/openclaw-agent.sqlite.lock.sqlite", undefined],
    ["main/agent/incognito-openclaw-agent.sqlite", undefined],
    ["main/agent/openclaw-agent.sqlite.memory-reindex-1.sqlite", undefined],
    ["main/agent/.memory-reindex-1/other.sqlite", undefined],
    [`main/sessions/${id}.jsonl`, "transcripts"],
    [`main/sessions/${id}-topic-12.jsonl`, "transcripts"],
    [`${id}.jsonl`, "transcripts"],
    [`main/sessions/${id}.jsonl.deleted.${at}`, "transcripts"],
    [`main/sessions/${id}.jsonl.reset.${at}.zst`, "transcripts"],
    [`main/sessions/${id}.jsonl.deleted.2026-11-20T10-00-00Z.${"0a".repeat(16)}.zst`, "transcripts"],
    [`main/sessions/cold/${"0a".repeat(32)}.jsonl.zst`, "transcripts"],
    [`main/sessions/${id}.jsonl.bak.${at}`, undefined],
    [`main/sessions/${id}.jsonl.migrated`, undefined],
    [`main/sessions/${id}.trajectory.jsonl`, undefined],
    [`main/sessions/${id}.trajectory.jsonl.deleted.${at}`, undefined],
    [`main/sessions/${id}.checkpoint.${id}.jsonl`, undefined],
    ["main/sessions/sessions.json", undefined],
    ["main/agent/codex-home/history.jsonl", undefined],
    ["main/agent/codex-home/sessions/2026/11/20/rollout-2026-11-20T10-00-00-1.jsonl", "transcripts"],
    ["main/agent/codex-home/sessions/other.jsonl", undefined],
    ["main/agent/other.jsonl", undefined],
  ];
  for (const [path, expected] of rows) {
    await t.step(path, () => {
      const matches = logs.stores.filter((store) => store.matches(path));
      strictEqual(matches.length, expected === undefined ? 0 : 1);
      if (expected !== undefined) strictEqual(storeOf(logs, path).id, expected);
    });
  }
});
