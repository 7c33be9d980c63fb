/** What may happen to a log between two scans: what tools do, what people do, and what a crash leaves. */
import { dirname, join } from "node:path";
import type { Log } from "./scan_answers.ts";

/** @param others All logs that there may be, for what goes from one to another */
export type LogChange = (log: Log, path: string, random: () => number, others: readonly Log[]) => Promise<void>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function write(path: string, bytes: Uint8Array | string, options: Deno.WriteFileOptions = {}): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, typeof bytes === "string" ? encoder.encode(bytes) : bytes, options);
}

const read = async (path: string): Promise<Uint8Array> => await Deno.readFile(path).catch(() => new Uint8Array());

/** The lines of what is there now, without what follows the last newline. */
async function readLines(path: string): Promise<string[]> {
  return decoder.decode(await read(path)).split("\n").slice(0, -1);
}

const below = (random: () => number, count: number) => Math.floor(random() * count);

/** A run of neighbouring lines. */
function someOf(lines: readonly string[], random: () => number): string[] {
  const from = below(random, lines.length);
  return lines.slice(from, from + 1 + below(random, 12));
}

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

/** A record as a tool writes it that tells a conversation again under other names. */
function retell(line: string, change: (record: Record<string, unknown>) => void): string {
  try {
    const record = JSON.parse(line);
    if (typeof record !== "object" || record === null) return line;
    change(record);
    return JSON.stringify(record);
  } catch {
    return line;
  }
}

let names = 0;

/** Digits that stand for a count, such as those of tokens. */
const COUNT =
  /(?<="(?:input|output|cached|input_?tokens|output_?tokens|total|total_?tokens|cacheRead|cacheWrite|cached_input_tokens)":\s?)\d+/gi;

/** Writes into the file as it is: the same inode, and no byte elsewhere is touched. */
export async function overwrite(path: string, change: (text: string) => string): Promise<void> {
  const bytes = await read(path);
  // Latin-1 keeps each byte one character.
  const before = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const after = change(before);
  if (after === before) return;
  using file = await Deno.open(path, { write: true, truncate: true });
  file.writeSync(Uint8Array.from(after, (character) => character.charCodeAt(0)));
}

/** Another digit for one of a count, so that the length stays. */
export function changeCount(text: string, random: () => number): string {
  const found = [...text.matchAll(COUNT)];
  if (found.length === 0) return text;
  const { index, 0: digits } = found[below(random, found.length)]!;
  const digit = digits[0] === "1" ? "2" : "1";
  return text.slice(0, index) + digit + text.slice(index + 1);
}

/** The next lines that the tool would have written. */
function nextOf({ bytes }: Log, size: number, random: () => number): Uint8Array {
  return bytes.subarray(Math.min(size, bytes.length), size + below(random, bytes.length - size + 1));
}

export const LOG_CHANGES: Readonly<Record<string, LogChange>> = {
  appear: async ({ bytes }, path) => await write(path, bytes),
  "appear in part": async ({ bytes }, path, random) =>
    await write(path, bytes.subarray(0, below(random, bytes.length))),
  grow: async (log, path, random) => {
    const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
    await write(path, nextOf(log, size, random), { append: true });
  },
  "be cut off": async ({ bytes }, path, random) =>
    await write(path, bytes.subarray(0, below(random, bytes.length / 2))),
  vanish: async (_log, path) => await Deno.remove(path).catch(() => {}),
  "lose a line": async ({ bytes }, path, random) => {
    const lines = decoder.decode(bytes).split("\n");
    lines.splice(below(random, lines.length), 1);
    await write(path, lines.join("\n"));
  },
  "tell its own lines again": async (_log, path, random) => {
    await write(path, textOf(someOf(await readLines(path), random)), { append: true });
  },
  "tell its own responses again, as a side question": async (_log, path, random) => {
    const requestId = `req_again_${++names}`;
    const again = someOf(await readLines(path), random).map((line, place) =>
      retell(line, (record) => {
        record.uuid = `again-${names}-${place}`;
        record.isSidechain = true;
        if ("requestId" in record) record.requestId = requestId;
      })
    );
    await write(path, textOf(again), { append: true });
  },
  "tell its own responses again, without requests": async (_log, path, random) => {
    const again = someOf(await readLines(path), random).map((line, place) =>
      retell(line, (record) => {
        record.uuid = `unnamed-${++names}-${place}`;
        delete record.requestId;
      })
    );
    await write(path, textOf(again), { append: true });
  },
  "tell its own responses again, as another session's": async (_log, path, random) => {
    const sessionId = `00000000-0000-4000-8000-00000000000${below(random, 4)}`;
    const again = someOf(await readLines(path), random).map((line) =>
      retell(line, (record) => {
        if ("sessionId" in record) record.sessionId = sessionId;
      })
    );
    await write(path, textOf(again), { append: true });
  },
  "tell another log's lines": async ({ relativePath }, path, random, others) => {
    const tool = relativePath.split("/")[0];
    const alike = others.filter((other) => other.relativePath.split("/")[0] === tool);
    const lines = decoder.decode(alike[below(random, alike.length)]!.bytes).split("\n").slice(0, -1);
    await write(path, textOf(someOf(lines, random)), { append: true });
  },
  "lose its last newline": async (_log, path) => {
    const bytes = await read(path);
    if (bytes.at(-1) === 10) await write(path, bytes.subarray(0, -1));
  },
  "go on without a newline": async (log, path, random) => {
    const bytes = await read(path);
    const lines = decoder.decode(log.bytes).split("\n").slice(0, -1);
    const kept = bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
    const more = below(random, 2) === 0 ? textOf(someOf(lines, random)) : someOf(lines, random).join("\n");
    await write(path, new Uint8Array([...kept, ...encoder.encode(more)]));
  },
  "get something odd behind its end": async (_log, path, random) => {
    const odd = ["\0\0\0", "}", ",", " ", "\r\n", "{}", "[1]", "\n\n", '{"type":"', "\u{feff}", "{{", '"'];
    await write(path, odd[below(random, odd.length)]!, { append: true });
  },
  "have a count changed in its middle": async (_log, path, random) => {
    await overwrite(path, (text) => changeCount(text, random)).catch(() => {});
  },
  "have a count changed in its middle, and grow": async (log, path, random) => {
    await overwrite(path, (text) => changeCount(text, random)).catch(() => {});
    const { size } = await Deno.stat(path).catch(() => ({ size: 0 }));
    await write(path, nextOf(log, size, random), { append: true });
  },
  "have lines put in": async (_log, path, random) => {
    const lines = await readLines(path);
    if (lines.length < 3) return;
    const text = textOf([...lines.slice(0, 2), ...someOf(lines, random), ...lines.slice(2)]);
    await overwrite(path, () => Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join(""));
  },
  "be replaced with the old time": async (_log, path, random) => {
    const stats = await Deno.stat(path).catch(() => undefined);
    if (stats === undefined) return;
    const bytes = await read(path);
    if (below(random, 2) === 0) await Deno.remove(path);
    await write(path, bytes);
    await overwrite(path, (text) => changeCount(text, random));
    await Deno.utime(path, stats.atime!, stats.mtime!);
  },
  "be copied to another name": async ({ relativePath }, path, random, others) => {
    const tool = relativePath.split("/")[0];
    const alike = others.filter((other) => other.relativePath.split("/")[0] === tool);
    const to = alike[below(random, alike.length)]!;
    const bytes = await read(path);
    if (bytes.length > 0) await write(join(path.slice(0, -relativePath.length), to.relativePath), bytes);
  },
  "be linked to another name": async (_log, path) => {
    const link = path.replace(/(\.jsonl(?:\.zst)?)$/, "-linked$1");
    await Deno.remove(link).catch(() => {});
    await Deno.link(path, link).catch(() => {});
  },
};
