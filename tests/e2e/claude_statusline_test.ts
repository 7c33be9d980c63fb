/**
 * Claude Code itself shows our status line: what it says on standard input is what we read, and our figures of its session
 * are its own. It is set up as docs/guide/statusline.md says, and its model is on the loopback.
 */
import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { moneyText } from "../../src/operations/report/cells.ts";
import { CLAUDE_KEY, CLAUDE_QUIET, realClaude } from "../support/real_claude.ts";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "../support/run_agent.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";

/** Answers every message with a word, as Anthropic's API streams it; it wrote 3000 tokens to the cache. */
function serveModel(): Deno.HttpServer<Deno.NetAddr> {
  const usage = {
    input_tokens: 20,
    cache_creation_input_tokens: 3000,
    cache_read_input_tokens: 1000,
    output_tokens: 5,
  };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (!new URL(request.url).pathname.endsWith("/v1/messages")) return Response.json({ input_tokens: 1, data: [] });
    const { model, stream } = await request.json();
    const message = {
      id: `msg_${crypto.randomUUID()}`,
      type: "message",
      role: "assistant",
      model,
      stop_sequence: null,
    };
    const headers = { "request-id": `req_${crypto.randomUUID()}` };
    if (!stream) {
      const content = [{ type: "text", text: "done" }];
      return Response.json({ ...message, content, stop_reason: "end_turn", usage }, { headers });
    }
    const events = [
      { type: "message_start", message: { ...message, content: [], stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Certainly." } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage },
      { type: "message_stop" },
    ];
    const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    return new Response(body, { headers: { ...headers, "content-type": "text/event-stream" } });
  });
}

async function setUp(home: string, project: string, said: string): Promise<void> {
  await Deno.mkdir(join(home, ".claude"));
  await Deno.mkdir(project);
  const command = `tee -a ${said} | ${agentCommand().join(" ")} statusline`;
  const settings = { statusLine: { type: "command", command, refreshInterval: 1 } };
  await Deno.writeTextFile(join(home, ".claude/settings.json"), JSON.stringify(settings));
  const known = {
    hasCompletedOnboarding: true,
    theme: "dark",
    projects: { [project]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true, allowedTools: [] } },
    customApiKeyResponses: { approved: [CLAUDE_KEY.slice(-20)], rejected: [] },
  };
  await Deno.writeTextFile(join(home, ".claude.json"), JSON.stringify(known));
}

Deno.test("Claude Code shows the line, with its own figures", () =>
  withTemporaryDirectory(async (home) => {
    await requireTmux();
    const [program, ...args] = await realClaude();
    const [project, saidFile] = [join(home, "project"), join(home, "said.jsonl")] as [string, string];
    await setUp(home, project, saidFile);
    await using server = serveModel();
    await using terminal = await Terminal.open(join(home, "tmux"), {
      command: [program, ...args, "--model", "claude-sonnet-4-6"],
      cwd: project,
      env: agentEnvironment({
        home,
        env: {
          ...CLAUDE_QUIET,
          ANTHROPIC_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
          ANTHROPIC_API_KEY: CLAUDE_KEY,
        },
      }),
      columns: 110,
      rows: 30,
    });
    // Before its first turn, a session has no figures.
    await terminal.waitForScreen(/^ *\? \| hit \? \| cache \? \| today /m);
    await terminal.enter("Are you there?");
    await terminal.waitForScreen(/Certainly\./);
    const screen = await terminal.waitForScreen(/^ *\$[\d.]+ \| hit [\d.]+% \| cache warm [\d hms]+ \| today /m);
    const [, usd, hit] = /^ *(\$[\d.]+) \| hit ([\d.]+)%/m.exec(screen)!;

    const said = (await Deno.readTextFile(saidFile)).trim().split("\n").map((line) => JSON.parse(line));
    const last = said.findLast(({ prompt_cache }) => prompt_cache?.expires_at !== undefined);
    ok(last, "it says nothing of its cache");
    for (const name of ["session_id", "transcript_path", "cwd"]) strictEqual(typeof last[name], "string", name);
    strictEqual(usd, moneyText(last.cost.total_cost_usd));
    // 1000 of 4020 prompt tokens.
    strictEqual(hit, "24.9");
    ok(Math.abs(last.prompt_cache.hit_ratio - 1000 / 4020) < 0.001, String(last.prompt_cache.hit_ratio));
    // Seconds since 1970, minutes from now.
    ok(Math.abs(last.prompt_cache.expires_at * 1000 - Date.now()) < 2 * 3600_000, String(last.prompt_cache.expires_at));
    await terminal.press("C-c", "C-c");
    await terminal.waitForScreen(/ENDED WITH/);
    match(last.version, /^2\./);
  }));
