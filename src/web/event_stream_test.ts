import { deepStrictEqual } from "node:assert/strict";
import { readEvents } from "./event_stream.ts";
import { takeEvent } from "./live.ts";

async function eventsOf(...pieces: readonly string[]) {
  const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
  return await Array.fromAsync(readEvents(ReadableStream.from(bytes) as ReadableStream<Uint8Array<ArrayBuffer>>));
}

Deno.test("readEvents() reads events however they are cut", async () => {
  const text = 'event: hello\ndata: {"a":1}\n\n:\n\nid: 7\nevent: now\ndata: {\ndata: }\n\n';
  const expected = [
    { name: "hello", id: undefined, data: '{"a":1}' },
    { name: "now", id: "7", data: "{\n}" },
  ];
  deepStrictEqual(await eventsOf(text), expected);
  deepStrictEqual(await eventsOf(...text), expected);
  // What was not finished is no event.
  deepStrictEqual(await eventsOf("event: now\ndata: 1\n"), []);
});

Deno.test("takeEvent(): the first scan, its end, and what is not known", () => {
  const first = takeEvent({ connection: "connecting" }, "hello", { timezone: "UTC", version: "1" });
  deepStrictEqual(first.connection, "reading");
  const reading = takeEvent(first, "progress", { done: 5, total: 9 });
  deepStrictEqual(reading.progress, { readBytes: 5, totalBytes: 9 });
  const live = takeEvent(reading, "now", { scan: "a-1" });
  deepStrictEqual([live.connection, live.scan, live.progress], ["live", "a-1", undefined]);
  deepStrictEqual(takeEvent(live, "weather", {}), live);
  const later = takeEvent(live, "sessions", { scan: "a-2" });
  // What was asked for from the beginning is of the first scan: only the next one is another edition.
  deepStrictEqual([live.edition, later.scan, later.edition], [0, "a-2", 1]);
  deepStrictEqual(takeEvent(later, "hello", { scan: "b-1" }).edition, 2);
  deepStrictEqual(takeEvent(later, "now", {}).edition, 1);
});
