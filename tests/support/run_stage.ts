/** A stage for runs that tools start: with a stand-in for Pi that says what it was given. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { filesHolding } from "./home_snapshot.ts";
import { type McpClient, startMcp } from "./mcp_client.ts";
import { withTemporaryDirectory } from "./run_agent.ts";

/** The key that a run has, which is to be nowhere else. */
export const CANARY = "op-canary-91c2d7e05ab3";
/** Trace that a run opens. */
export const TRACE = "7f1d3c52-9a0b-5c11-8e64-0d2b5a7c9e10";

/** Reports a session as Pi's extension does, then prints its arguments, directory and input, and what it knows. */
const FAKE_PI = `#!/bin/sh
if [ "$1" = "--version" ]; then echo 1.5.2; exit 0; fi
if [ "$1" = "--help" ]; then echo "$OPPER_API_KEY" >&2; echo "  $FAKE_FLAG  Disable MCP"; exit "\${FAKE_STATUS:-0}"; fi
echo '{"type":"session","at":1,"traceId":"${TRACE}","sessionId":"s1","pid":1,"reason":"startup","cwd":"/"}' \\
  >> "$OPPER_AGENT_LEDGER"
for argument in "$@"; do echo "argument $argument"; done
echo "in $PWD"
echo "depth $OPPER_AGENT_DEPTH, session $OPPER_AGENT_SESSION_ID, key $OPPER_API_KEY"
printf '\\033[31mread '
cat
echo "complained $OPPER_API_KEY" >&2
[ -n "$FAKE_SLEEP" ] && exec sleep "$FAKE_SLEEP"
exit "\${FAKE_STATUS:-0}"
`;

/** Where runs happen: a home, a directory to work in, a gateway on the loopback, and an agent that is made up. */
export interface Stage {
  readonly directory: string;
  /** Address of the gateway. */
  readonly gateway: string;
  /** What the server is started with. */
  readonly env: Readonly<Record<string, string>>;
  connect(env?: Readonly<Record<string, string>>, args?: readonly string[]): Promise<McpClient>;
}

export async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  await using gateway = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    const opper = { type: "llm", capabilities: ["tools"], max_output_tokens: 1000 };
    return Response.json({ data: [{ id: "claude-opus-4-7", context_length: 9000, pricing: {}, opper }] });
  });
  await withTemporaryDirectory(async (directory) => {
    for (const name of ["home", "bin", "work/sub"]) await Deno.mkdir(join(directory, name), { recursive: true });
    for (const name of ["pi", "copilot"]) {
      await Deno.writeTextFile(join(directory, "bin", name), FAKE_PI, { mode: 0o755 });
    }
    const base = {
      PATH: `${join(directory, "bin")}:/usr/bin:/bin`,
      OPPER_API_KEY: CANARY,
      OPPER_BASE_URL: `http://127.0.0.1:${gateway.addr.port}`,
      OPPER_AGENT_SESSION_ID: "the server's",
    };
    await body({
      directory,
      gateway: base.OPPER_BASE_URL,
      env: base,
      connect: (env = {}, args = []) =>
        startMcp({ home: join(directory, "home"), cwd: join(directory, "work"), env: { ...base, ...env }, args }),
    });
    deepStrictEqual(await filesHolding(directory, CANARY), []);
  });
}
