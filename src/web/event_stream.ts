/** Server-sent events out of the bytes of a stream (HTML standard, 9.2.6). */

/** One event of a stream. */
export interface StreamEvent {
  /** `message` where the stream gives none. */
  readonly name: string;
  readonly data: string;
  readonly id?: string;
}

/** Events as they come; comments, and what has no data, are left out. Ends with the stream. */
export async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<StreamEvent> {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) {
        const event = readEvent(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function readEvent(block: string): StreamEvent | undefined {
  let [name, id]: [string, string | undefined] = ["message", undefined];
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "id") id = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? undefined : { name, id, data: data.join("\n") };
}
