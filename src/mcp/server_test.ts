/** The server over a made-up process: what only happens when something of ours is wrong, and when. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import type { EndingSignal } from "../host/stdio.ts";
import type { JsonObject, ToolCall, ToolDefinition } from "./tools/tool_definition.ts";
import type { McpHost } from "./mcp_host.ts";
import { serveMcp } from "./server.ts";
import { madeUpContext } from "../../tests/support/made_up_context.ts";

type Message = { id?: unknown; method?: string; params?: JsonObject; result?: JsonObject; error?: JsonObject };

interface Harness extends AsyncDisposable {
  readonly said: Message[];
  readonly stderr: string[];
  /** What happened to the process: contexts made, runs closed. */
  readonly events: string[];
  readonly status: Promise<number>;
  send(message: JsonObject): void;
  signal(signal: EndingSignal): void;
  end(): void;
  answer(id: number): Promise<Message>;
}

function tool(name: string, run: (args: JsonObject, call: ToolCall) => Promise<JsonObject>): ToolDefinition {
  return {
    name,
    title: name,
    description: name,
    inputSchema: { type: "object" },
    outputSchema: { type: "object" },
    needs: [],
    run,
  };
}

function serve(tools: readonly ToolDefinition[], changes: Partial<McpHost> = {}): Harness {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const input = new ReadableStream<Uint8Array>({ start: (it) => void (controller = it) });
  const said: Message[] = [];
  const stderr: string[] = [];
  const events: string[] = [];
  const { promise: broken } = Promise.withResolvers<void>();
  let signal: (signal: EndingSignal) => void = () => {};
  let ended = false;
  const end = () => {
    if (!ended) controller.close();
    ended = true;
  };
  const { log, info, debug, dir, table, group, count } = console;
  const status = serveMcp({
    version: "0",
    readOnly: false,
    channel: {
      input,
      write(text) {
        said.push(JSON.parse(text));
        return true;
      },
      flush: () => Promise.resolve(),
      broken,
    },
    stderr: (text) => void stderr.push(text),
    onEndingSignal: (listener) => signal = listener,
    makeContext() {
      events.push("context");
      return Promise.resolve(madeUpContext());
    },
    openScan: () => Promise.reject(new Error("/secret/path is broken")),
    launchTools: () => Promise.resolve(tools),
    closeRuns() {
      events.push("close runs");
      return Promise.resolve();
    },
    ...changes,
  });
  return {
    said,
    stderr,
    events,
    status,
    send: (message) =>
      controller.enqueue(new TextEncoder().encode(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)),
    signal: (name) => signal(name),
    end,
    async answer(id) {
      for (;;) {
        const found = said.find((message) => message.id === id);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    async [Symbol.asyncDispose]() {
      end();
      await status;
      Object.assign(console, { log, info, debug, dir, table, group, count });
    },
  };
}

const call = (id: number, name: string, meta?: JsonObject) => ({
  id,
  method: "tools/call",
  params: { name, arguments: {}, ...(meta === undefined ? {} : { _meta: meta }) },
});

/** A text of a result that is an error. */
function errorText({ result }: Message): string {
  strictEqual(result?.["isError"], true);
  return (result["content"] as { text: string }[])[0]!.text;
}

Deno.test("a bug is told without its details, which go to standard error", async (t) => {
  await using server = serve([
    tool("broken", () => Promise.reject(new TypeError("x is no function\n  at /secret/path"))),
    tool("odd", () => Promise.reject("a text")),
  ]);
  const rows: [what: string, request: JsonObject & { id: number }, detail: RegExp][] = [
    ["a tool", call(1, "broken"), /^error: this is a bug: TypeError: x is no function at \/secret\/path\n$/],
    ["a text that is thrown", call(2, "odd"), /^error: this is a bug: a text\n$/],
    ["the scan", call(3, "list_sessions"), /^error: this is a bug: Error: \/secret\/path is broken\n$/],
  ];
  for (const [what, request, detail] of rows) {
    await t.step(what, async () => {
      server.send(request);
      match(errorText(await server.answer(request.id)), /^This is a bug in opper-agent\./);
      ok(!JSON.stringify(server.said).includes("secret"));
      match(server.stderr.pop()!, detail);
    });
  }
  await t.step("a list", async () => {
    server.send({ id: 4, method: "resources/list" });
    const { error } = await server.answer(4);
    strictEqual(error?.["code"], -32603);
    ok(!JSON.stringify(error).includes("secret"));
  });
});

Deno.test("what a caller can mend is told with what to do next", async () => {
  await using server = serve([
    tool("strict", () => Promise.reject(new AgentError("usage", "No.", { hint: "Say yes." }))),
  ]);
  server.send(call(1, "strict"));
  strictEqual(errorText(await server.answer(1)), "No.\nSay yes.");
});

Deno.test("progress of a tool and of a scan is for who asked, grows, and ends with the call", async () => {
  let report: ToolCall["reportProgress"];
  let scans = 0;
  await using server = serve([
    tool("busy", async (_args, it) => {
      report = it.reportProgress;
      await it.context.openIndex().catch(() => {});
      return { asked: report !== undefined };
    }),
  ], {
    async openScan(_pause, onProgress) {
      scans++;
      for (let done = 0; done <= 60; done++) {
        onProgress(done * 1e6, 60e6);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new AgentError("failed", "Enough.");
    },
  });
  server.send(call(1, "busy"));
  deepStrictEqual((await server.answer(1)).result?.["structuredContent"], { asked: false });
  server.send(call(2, "busy", { progressToken: "p" }));
  deepStrictEqual((await server.answer(2)).result?.["structuredContent"], { asked: true });
  strictEqual(scans, 2);
  report!(200e6, "too late");
  await new Promise((resolve) => setTimeout(resolve, 5));
  const said = server.said.filter(({ method }) => method === "notifications/progress").map(({ params }) => params!);
  // A scan of more than 1.2 s: two at least, and not one a step.
  ok(said.length >= 2 && said.length < 20, `${said.length} reports`);
  for (const [place, { progressToken, progress, total, message }] of said.entries()) {
    deepStrictEqual([progressToken, total], ["p", 60e6]);
    ok(place === 0 || Number(progress) > Number(said[place - 1]!["progress"]), JSON.stringify(said));
    match(String(message), /^Reading logs: \d+ of 60 MB$/);
  }
});

Deno.test("a cancelled call is aborted and not answered", async () => {
  const aborted: string[] = [];
  await using server = serve([
    tool("slow", (_args, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted.push("slow");
          reject(new Error("aborted"));
        })
      )),
  ]);
  server.send(call(1, "slow"));
  while (server.events.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  server.send({ method: "notifications/cancelled", params: { requestId: 1 } });
  server.send({ id: 2, method: "ping" });
  await server.answer(2);
  await new Promise((resolve) => setTimeout(resolve, 5));
  deepStrictEqual(aborted, ["slow"]);
  deepStrictEqual(server.said.map(({ id }) => id), [2]);
  deepStrictEqual(server.stderr, []);
});

Deno.test("however the server ends, what was started is ended", async (t) => {
  const rows: [what: string, end: (server: Harness) => void, status: number][] = [
    ["end of input", (server) => server.end(), 0],
    ["SIGTERM", (server) => server.signal("SIGTERM"), 143],
    ["SIGINT", (server) => server.signal("SIGINT"), 130],
    ["SIGHUP", (server) => server.signal("SIGHUP"), 129],
  ];
  for (const [what, end, status] of rows) {
    await t.step(what, async () => {
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      await using server = serve([
        tool("slow", () => {
          begin();
          return new Promise(() => {});
        }),
      ]);
      server.send(call(1, "slow"));
      await begun;
      end(server);
      strictEqual(await server.status, status);
      deepStrictEqual(server.events, ["context", "close runs"]);
    });
  }
  await t.step("what does not end is not waited for", async () => {
    await using server = serve([], { closeRuns: () => new Promise(() => {}) });
    server.end();
    strictEqual(await server.status, 0);
  });
});

Deno.test("what a library prints does not reach standard output", async () => {
  const { error } = console;
  const printed: unknown[][] = [];
  console.error = (...values: unknown[]) => void printed.push(values);
  try {
    await using server = serve([
      tool("chatty", () => {
        console.log("hello %s", "you");
        return Promise.resolve({});
      }),
    ]);
    server.send(call(1, "chatty"));
    await server.answer(1);
    deepStrictEqual(printed, [["hello %s", "you"]]);
  } finally {
    console.error = error;
  }
});
