/** Every place that logs are looked for: each tool's own directories and overrides, compressed logs, and --root. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { dirname, join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { piHeader, piTurn, writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { claudeLines, claudeLogPath, codexLines, codexLogPath } from "./support/small_home.ts";

const ONE = "01a1f6c5-0000-7000-8000-000000000001";
const TWO = "01a1f6c5-0000-7000-8000-000000000002";

// The id of an entry too: the same one at the same time would be a copy.
const piLines = (id: string) => [piHeader(id), piTurn({ id, at: "2026-11-20T11:00:00.000Z" })];
const piLog = (directory: string, id: string) => join(directory, "--srv-app--", `2026-11-20T10-00-00-000Z_${id}.jsonl`);

async function writeCompressed(path: string, lines: readonly object[]): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, zstdCompressSync(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
}

interface Row {
  readonly name: string;
  /** Writes logs. `home` and `elsewhere` are empty directories. */
  make(home: string, elsewhere: string): Promise<void>;
  readonly env?: (home: string, elsewhere: string) => Record<string, string>;
  readonly args?: (elsewhere: string) => string[];
  /** Ids that must be found, and no others. */
  readonly found: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "Pi: ~/.pi/agent/sessions",
    make: (home) => writeLog(piLog(join(home, ".pi/agent/sessions"), ONE), piLines(ONE)),
    found: [ONE],
  },
  {
    name: "Pi: PI_CODING_AGENT_DIR moves it",
    async make(home, elsewhere) {
      await writeLog(piLog(join(home, ".pi/agent/sessions"), TWO), piLines(TWO));
      await writeLog(piLog(join(elsewhere, "sessions"), ONE), piLines(ONE));
    },
    env: (_home, elsewhere) => ({ PI_CODING_AGENT_DIR: elsewhere }),
    found: [ONE],
  },
  {
    name: "Pi: PI_CODING_AGENT_SESSION_DIR adds one",
    async make(home, elsewhere) {
      await writeLog(piLog(join(home, ".pi/agent/sessions"), TWO), piLines(TWO));
      await writeLog(piLog(elsewhere, ONE), piLines(ONE));
    },
    env: (_home, elsewhere) => ({ PI_CODING_AGENT_SESSION_DIR: elsewhere }),
    found: [ONE, TWO],
  },
  {
    name: "Pi: sessionDir of its settings, with ~",
    async make(home) {
      await writeLog(join(home, ".pi/agent/settings.json"), [{ sessionDir: "~/kept" }]);
      await writeLog(piLog(join(home, "kept"), ONE), piLines(ONE));
    },
    found: [ONE],
  },
  {
    name: "Pi: sessionDir of the moved settings",
    async make(_home, elsewhere) {
      await writeLog(join(elsewhere, "settings.json"), [{ sessionDir: join(elsewhere, "kept") }]);
      await writeLog(piLog(join(elsewhere, "kept"), ONE), piLines(ONE));
    },
    env: (_home, elsewhere) => ({ PI_CODING_AGENT_DIR: elsewhere }),
    found: [ONE],
  },
  {
    name: "Claude Code: ~/.claude and ~/.config/claude",
    async make(home) {
      await writeLog(claudeLogPath(join(home, ".claude"), ONE), claudeLines(ONE));
      await writeLog(claudeLogPath(join(home, ".config/claude"), TWO), claudeLines(TWO));
    },
    found: [ONE, TWO],
  },
  {
    name: "Claude Code: CLAUDE_CONFIG_DIR replaces both, with a list",
    async make(home, elsewhere) {
      await writeLog(claudeLogPath(join(home, ".claude"), "not-looked-at"), claudeLines("not-looked-at"));
      await writeLog(claudeLogPath(join(elsewhere, "a"), ONE), claudeLines(ONE));
      await writeLog(claudeLogPath(join(elsewhere, "b"), TWO), claudeLines(TWO));
    },
    env: (_home, elsewhere) => ({ CLAUDE_CONFIG_DIR: `${elsewhere}/a, ${elsewhere}/b,` }),
    found: [ONE, TWO],
  },
  {
    name: "Claude Code: Claude Desktop's local agent mode, whatever CLAUDE_CONFIG_DIR says",
    async make(home, elsewhere) {
      const desktop = join(home, ".config/Claude/local-agent-mode-sessions/0f0f/1e1e/local_77");
      await writeLog(claudeLogPath(join(desktop, ".claude"), ONE), claudeLines(ONE));
      await writeLog(join(desktop, "audit.jsonl"), claudeLines("audit"));
      await writeLog(claudeLogPath(elsewhere, TWO), claudeLines(TWO));
    },
    env: (_home, elsewhere) => ({ CLAUDE_CONFIG_DIR: elsewhere }),
    found: [ONE, TWO],
  },
  {
    name: "Codex: sessions and archived_sessions of ~/.codex",
    async make(home) {
      await writeLog(codexLogPath(join(home, ".codex"), ONE), codexLines(ONE));
      await writeLog(codexLogPath(join(home, ".codex"), TWO, "archived_sessions"), codexLines(TWO));
    },
    found: [ONE, TWO],
  },
  {
    name: "Codex: CODEX_HOME moves it",
    async make(home, elsewhere) {
      await writeLog(codexLogPath(join(home, ".codex"), TWO), codexLines(TWO));
      await writeLog(codexLogPath(elsewhere, ONE), codexLines(ONE));
    },
    env: (_home, elsewhere) => ({ CODEX_HOME: elsewhere }),
    found: [ONE],
  },
  {
    name: "Codex: compressed logs",
    async make(home) {
      await writeCompressed(`${codexLogPath(join(home, ".codex"), ONE)}.zst`, codexLines(ONE));
      await writeLog(codexLogPath(join(home, ".codex"), TWO), codexLines(TWO));
      // Both forms of one log, as there are while it is compressed: it counts once.
      await writeCompressed(`${codexLogPath(join(home, ".codex"), TWO)}.zst`, codexLines(TWO));
    },
    found: [ONE, TWO],
  },
  {
    name: "--root adds directories",
    async make(home, elsewhere) {
      await writeLog(piLog(join(home, ".pi/agent/sessions"), ONE), piLines(ONE));
      await writeLog(piLog(join(elsewhere, "old"), TWO), piLines(TWO));
      await writeLog(codexLogPath(elsewhere, "other"), codexLines("other"));
    },
    args: (elsewhere) => ["--root", `pi=${elsewhere}/old`, `--root=codex=${elsewhere}/sessions`],
    found: [ONE, TWO, "other"],
  },
  {
    name: "--root twice on the same directory counts once",
    make: (home) => writeLog(piLog(join(home, ".pi/agent/sessions"), ONE), piLines(ONE)),
    args: () => ["--root=pi=.pi/agent/sessions", "--root=pi=~/.pi/agent"],
    found: [ONE],
  },
];

Deno.test("logs are found wherever the tools may write them", async (t) => {
  for (const { name, make, env, args, found } of ROWS) {
    await t.step(name, async () => {
      await withTemporaryDirectory(async (directory) => {
        const [home, elsewhere] = [join(directory, "home"), join(directory, "elsewhere")];
        for (const path of [home, elsewhere]) await Deno.mkdir(path);
        await make(home, elsewhere);
        const run = await runAgent(["sessions", "--json", ...args?.(elsewhere) ?? []], {
          home,
          env: env?.(home, elsewhere),
        });
        deepStrictEqual([run.stderr, run.code], ["", 0]);
        const { sessions } = JSON.parse(run.stdout) as { sessions: { sessionId: string; turns: number }[] };
        deepStrictEqual(sessions.map(({ sessionId }) => sessionId).sort(), [...found].sort());
        // Each small session of Claude Code has two turns, the others one: none is counted twice.
        for (const { turns } of sessions) strictEqual(turns, name.startsWith("Claude") ? 2 : 1);
      });
    });
  }
});
