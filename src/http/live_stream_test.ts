import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LiveStream } from "./live_stream.ts";

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value && new TextDecoder().decode(value);
}

Deno.test("a slow reader gets the newest state, and no queue", async () => {
  const stream = new LiveStream(() => {});
  const reader = stream.body.getReader();
  let made = 0;
  for (let number = 1; number <= 10_000; number++) {
    stream.put("now", () => {
      made++;
      return { data: String(number), id: `run-${number}` };
    });
    stream.comment();
  }
  stream.put("hello", () => ({ data: "{}" }));
  strictEqual(await readText(reader), "event: hello\ndata: {}\n\nid: run-10000\nevent: now\ndata: 10000\n\n");
  strictEqual(made, 1);
  const next = readText(reader);
  stream.comment();
  strictEqual(await next, ":\n\n");
});

Deno.test("what has nothing to say by then is not written", async () => {
  const stream = new LiveStream(() => {});
  const reader = stream.body.getReader();
  stream.put("sessions", () => undefined);
  stream.put("progress", () => ({ data: "1" }));
  strictEqual(await readText(reader), "event: progress\ndata: 1\n\n");
});

Deno.test("a stream ends after what waits was read, and closes once", async () => {
  let closed = 0;
  const stream = new LiveStream(() => closed++);
  const reader = stream.body.getReader();
  stream.put("bye", () => ({ data: "{}" }));
  stream.end();
  deepStrictEqual([await readText(reader), await readText(reader)], ["event: bye\ndata: {}\n\n", undefined]);
  strictEqual(closed, 1);
  const gone = new LiveStream(() => closed++);
  await gone.body.cancel();
  strictEqual(closed, 2);
  // Nobody reads it: nothing happens.
  gone.put("now", () => ({ data: "1" }));
});
