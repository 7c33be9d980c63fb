/**
 * However a server ends, SIGKILL included, and whatever a run is doing then: nothing that it started is left, and the
 * user's files are as they were. It takes about a second, and on a busy machine longer. Pi and what it starts stand in for programs that obey no signal.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { snapshotHome } from "./support/home_snapshot.ts";
import { type McpClient, startMcp } from "./support/mcp_client.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { pause, waitUntil } from "./support/wait_until.ts";

const PLACED = ".pi/agent/extensions/opper-session.ts";
const DEAF = "trap '' TERM INT HUP QUIT\n";

/** Starts a child in its own group, and one in a group apart, as Pi does for commands of its shell. */
const STUBBORN_PI = `#!/bin/sh
${DEAF}here=$(dirname "$0")
[ "$1" = "$FAKE_HANGS_AT" ] && { touch "$here/../hangs"; exec "$here/stubborn"; }
if [ "$1" = "--version" ]; then echo 1.5.2; exit 0; fi
if [ "$1" = "--help" ]; then exit 0; fi
"$here/stubborn" &
setsid "$here/stubborn" &
"$here/stubborn" | cat &
touch "$here/../hangs"
"$here/stubborn"
`;

interface Stage {
  readonly directory: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  connect(env?: Readonly<Record<string, string>>): Promise<McpClient>;
  /** Asks for a run, and waits for no answer. */
  startRun(client: McpClient): Promise<void>;
  /** Waits until Pi has come to where it obeys no more, or the gateway was asked. */
  waitForHang(): Promise<void>;
}

async function onStage(body: (stage: Stage) => Promise<void>, { hangs = false } = {}): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const never = new AbortController();
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async () => {
      if (hangs) {
        await Deno.writeTextFile(join(directory, "hangs"), "");
        await new Promise((resolve) => never.signal.addEventListener("abort", resolve));
      }
      const opper = { type: "llm", capabilities: ["tools"], max_output_tokens: 1000 };
      return Response.json({ data: [{ id: "claude-opus-4-7", context_length: 9000, pricing: {}, opper }] });
    });
    try {
      const home = join(directory, "home");
      for (const name of ["home/.pi/agent/extensions", "bin", "work"]) {
        await Deno.mkdir(join(directory, name), { recursive: true });
      }
      await Deno.writeTextFile(join(home, PLACED), "// the user's own, of the same name\n");
      await Deno.writeTextFile(join(home, ".pi/agent/models.json"), "{ /* mine */ }\n");
      await Deno.writeTextFile(join(directory, "bin/pi"), STUBBORN_PI, { mode: 0o755 });
      await Deno.writeTextFile(join(directory, "bin/stubborn"), `#!/bin/sh\n${DEAF}while :; do sleep 1; done\n`, {
        mode: 0o755,
      });
      const base = {
        PATH: `${join(directory, "bin")}:/usr/bin:/bin`,
        OPPER_API_KEY: "op-key",
        OPPER_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
      };
      await body({
        directory,
        home,
        env: base,
        connect: (env = {}) => startMcp({ home, cwd: join(directory, "work"), env: { ...base, ...env } }),
        startRun: (client) =>
          client.send({
            jsonrpc: "2.0",
            id: "run",
            method: "tools/call",
            params: { name: "launch_pi_traced", arguments: { prompt: "x" } },
          }),
        async waitForHang() {
          await waitUntil("Pi to start", () => exists(join(directory, "hangs")));
        },
      });
    } finally {
      never.abort();
      await server.shutdown();
    }
  });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** What a server of this stage started and is still there: launches know their server, and the rest has our paths. */
async function listLeft({ directory }: Stage, server: number): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,stat=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) =>
    /^\s*\d+\s+[^Z]/.test(line) && (line.includes(join(directory, "bin")) || line.includes(`-with-parent ${server} `))
  );
}

/** What obeys no signal stays for good where nobody ends it: that all goes is the point, not how soon. */
async function waitForNone(stage: Stage, server: number): Promise<void> {
  await waitUntil("everything to end", async () => (await listLeft(stage, server)).length === 0, {
    state: async () => `Left: ${(await listLeft(stage, server)).join("\n")}`,
  });
}

const ENDS = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "end of input"] as const;

async function end(client: McpClient, how: typeof ENDS[number]): Promise<void> {
  if (how === "end of input") await client.closeInput();
  else client.child.kill(how);
}

/** Ends the server, and checks what must hold afterwards. */
async function checkEnd(
  stage: Stage,
  client: McpClient,
  how: typeof ENDS[number],
  before: Awaited<ReturnType<typeof snapshotHome>>,
): Promise<void> {
  await end(client, how);
  await Promise.all([client.ended(), waitForNone(stage, client.child.pid)]);
  deepStrictEqual(await snapshotHome(stage.home), before);
}

Deno.test("in the middle of a run that obeys no signal", async (t) => {
  for (const how of ENDS) {
    await t.step(how, () =>
      onStage(async (stage) => {
        const before = await snapshotHome(stage.home);
        await using client = await stage.connect();
        await stage.startRun(client);
        await stage.waitForHang();
        // The launch, Pi, and what it started: all that must go.
        ok((await listLeft(stage, client.child.pid)).length >= 5);
        ok((await Deno.readTextFile(join(stage.home, PLACED))).includes("opper-agent: extension"));
        await checkEnd(stage, client, how, before);
      }));
  }
});

Deno.test("while a run is being prepared", async (t) => {
  const rows: [what: string, env: Record<string, string>, hangs: boolean][] = [
    ["Pi is asked for its help", { FAKE_HANGS_AT: "--help" }, false],
    ["Pi is asked for its version", { FAKE_HANGS_AT: "--version" }, false],
    ["the gateway is asked for its models", {}, true],
  ];
  for (const [what, env, hangs] of rows) {
    for (const how of ["SIGKILL", "SIGTERM", "end of input"] as const) {
      await t.step(`${what}: ${how}`, () =>
        onStage(async (stage) => {
          const before = await snapshotHome(stage.home);
          await using client = await stage.connect(env);
          await stage.startRun(client);
          await stage.waitForHang();
          await checkEnd(stage, client, how, before);
        }, { hangs }));
    }
  }
});

Deno.test("a call that is cancelled while Pi is asked for its help", () =>
  onStage(async (stage) => {
    await using client = await stage.connect({ FAKE_HANGS_AT: "--help" });
    await stage.startRun(client);
    await stage.waitForHang();
    await client.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "run" } });
    await waitForNone(stage, client.child.pid);
    strictEqual((await client.structured("list_sessions"))["total"], 0);
    ok(!client.hasAnswer("run"));
  }));

Deno.test("at any time, SIGKILL", () =>
  onStage(async (stage) => {
    const before = await snapshotHome(stage.home);
    for (let ms = 0; ms < 1800; ms += 130) {
      await using client = await stage.connect();
      await stage.startRun(client);
      await pause(ms);
      await checkEnd(stage, client, "SIGKILL", before);
    }
  }));

Deno.test("a run that takes too long puts the files back, though Pi does not obey", () =>
  onStage(async (stage) => {
    const before = await snapshotHome(stage.home);
    await using client = await stage.connect();
    // Long enough for Pi to come to where it obeys no more.
    const { runId } = await client.structured("launch_pi_traced", {
      prompt: "x",
      timeout_seconds: 8,
      wait_seconds: 50,
    });
    const run = await waitUntil("the run to end", async () => {
      const run = await client.structured("run_status", { run_id: String(runId), wait_seconds: 50 });
      return run["status"] !== "running" && run;
    });
    deepStrictEqual([run["status"], run["exitCode"]], ["timed_out", 137]);
    strictEqual((await listLeft(stage, client.child.pid)).length, 0);
    deepStrictEqual(await snapshotHome(stage.home), before);
  }));

Deno.test("a launch that is given a process that is not its parent ends before it starts anything", () =>
  onStage(async (stage) => {
    const before = await snapshotHome(stage.home);
    // Its parent is this process, and not ours.
    const { code } = await runAgent(["launch", "--end-with-parent", String(Deno.ppid), "pi", "-p", "x"], stage);
    strictEqual(code, 143);
    ok(!await exists(join(stage.directory, "hangs")));
    deepStrictEqual(await snapshotHome(stage.home), before);
  }));
