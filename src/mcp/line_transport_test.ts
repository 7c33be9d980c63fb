import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LineTransport, type RpcMessage } from "./line_transport.ts";

interface Harness {
  readonly transport: LineTransport;
  readonly received: RpcMessage[];
  readonly sent: RpcMessage[];
  push(bytes: Uint8Array | string): void;
  end(): void;
  readonly closed: Promise<void>;
}

function open(options: { maximumLineBytes?: number; graceMs?: number } = {}): Harness {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const input = new ReadableStream<Uint8Array>({ start: (it) => void (controller = it) });
  const received: RpcMessage[] = [];
  const sent: RpcMessage[] = [];
  const transport = new LineTransport({
    input,
    write(text) {
      sent.push(JSON.parse(text));
      return true;
    },
    ...options,
  });
  transport.onmessage = (message) => received.push(message);
  const closed = new Promise<void>((resolve) => transport.onclose = resolve);
  transport.start();
  return {
    transport,
    received,
    sent,
    push: (bytes) => controller.enqueue(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes),
    end: () => controller.close(),
    closed,
  };
}

const request = (id: number) => ({ jsonrpc: "2.0" as const, id, method: "ping" });
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

Deno.test("messages arrive whole, however the bytes are cut", async (t) => {
  const text = line(request(1)) + "\r\n" + line({ jsonrpc: "2.0", method: "note", params: { text: "héllo" } }) +
    JSON.stringify(request(2));
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, 64, bytes.length]) {
    await t.step(`${size} bytes at a time`, async () => {
      const harness = open({ graceMs: 1 });
      for (let at = 0; at < bytes.length; at += size) harness.push(bytes.subarray(at, at + size));
      harness.end();
      await harness.closed;
      deepStrictEqual(harness.received, [
        request(1),
        { jsonrpc: "2.0", method: "note", params: { text: "héllo" } },
        request(2),
      ]);
      deepStrictEqual(harness.sent, []);
    });
  }
});

Deno.test("what is no message is answered, and the next one is heard", async (t) => {
  const rows: [name: string, bytes: Uint8Array | string, id: number | null, code: number][] = [
    ["broken JSON", '{"jsonrpc":\n', null, -32700],
    ["binary noise", new Uint8Array([0xff, 0xfe, 0x00, 0x80, 10]), null, -32700],
    ["NUL bytes", "\0\0\0\n", null, -32700],
    ["a batch", line([request(1)]), null, -32600],
    ["another version", line({ jsonrpc: "1.0", id: 7, method: "x" }), 7, -32600],
    ["no method", line({ jsonrpc: "2.0", id: 8 }), 8, -32600],
    ["an id that is an object", line({ jsonrpc: "2.0", id: {}, method: "x" }), null, -32600],
    ["parameters that are no object", line({ jsonrpc: "2.0", id: 9, method: "x", params: 3 }), 9, -32600],
    ["an id that no number holds", '{"jsonrpc":"2.0","id":9007199254740993,"method":"x"}\n', null, -32600],
    ["a number", "42\n", null, -32600],
    ["a line beyond the limit", `${"x".repeat(5000)}\n`, null, -32600],
  ];
  for (const [name, bytes, id, code] of rows) {
    await t.step(name, async () => {
      const harness = open({ maximumLineBytes: 1000, graceMs: 1 });
      harness.push(bytes);
      harness.push(line(request(1)));
      harness.end();
      await harness.closed;
      strictEqual(harness.sent.length, 1);
      strictEqual(harness.sent[0]!.id, id);
      strictEqual((harness.sent[0]!["error"] as { code: number }).code, code);
      deepStrictEqual(harness.received, [request(1)]);
    });
  }
});

Deno.test("a line beyond the limit is skipped to its end, in pieces too", async () => {
  const harness = open({ maximumLineBytes: 100, graceMs: 1 });
  for (let piece = 0; piece < 50; piece++) harness.push("y".repeat(90));
  harness.push(`\n${line(request(3))}`);
  harness.end();
  await harness.closed;
  strictEqual(harness.sent.length, 1);
  deepStrictEqual(harness.received, [request(3)]);
});

Deno.test("at the end of input a quick call is waited for", async () => {
  const harness = open({ graceMs: 60_000 });
  harness.push(line(request(1)));
  harness.end();
  setTimeout(() => harness.transport.send({ jsonrpc: "2.0", id: 1, result: {} }), 5);
  await harness.closed;
  deepStrictEqual(harness.sent, [{ jsonrpc: "2.0", id: 1, result: {} }]);
});

Deno.test("at the end of input a slow call is given up", async () => {
  const harness = open({ graceMs: 10 });
  harness.push(line(request(1)));
  harness.end();
  await harness.closed;
  deepStrictEqual(harness.sent, []);
});

Deno.test("at the end of input a cancelled call is not waited for", async () => {
  const harness = open({ graceMs: 60_000 });
  harness.push(
    line(request(1)) + line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }),
  );
  harness.end();
  await harness.closed;
  deepStrictEqual(harness.sent, []);
});

Deno.test("a reader that went away closes the transport", async () => {
  const input = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("nonsense\n")),
  });
  const transport = new LineTransport({ input, write: () => false });
  const closed = new Promise<void>((resolve) => transport.onclose = resolve);
  await transport.start();
  await closed;
});
