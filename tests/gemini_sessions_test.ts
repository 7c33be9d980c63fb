/**
 * Sessions of Gemini CLI as the program reports them are those of the gateway's own log, and of a reader that shares nothing
 * with it: at once, again, and record by record.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readReference } from "./support/reference_reader.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const FIXTURES = fileURLToPath(new URL("fixtures/sources/gemini/", import.meta.url));
const TMP = ".gemini/tmp";

type Figures = Readonly<Record<string, { readonly turns: number; readonly input: number; readonly output: number }>>;

async function reported(home: string): Promise<Figures> {
  const { stdout, stderr, code } = await runAgent(["sessions", "--json", "--limit", "0"], { home });
  ok(code === 0, stderr);
  const { sessions } = JSON.parse(stdout) as { sessions: { sessionId: string; turns: number; usage: object }[] };
  const figures = sessions.map(({ sessionId, turns, usage }) => [sessionId, { turns, ...usage }] as const);
  return Object.fromEntries(figures.sort(([a], [b]) => a < b ? -1 : 1)) as Figures;
}

function referenceOf(home: string): Figures {
  const found = [...readReference(home)].map(([name, { usd: _, ...sums }]) => [name.split(" ")[1]!, sums] as const);
  return Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1));
}

async function copyLogs(home: string, copy: (text: string, path: string) => string | undefined): Promise<void> {
  for (const path of Deno.readDirSync(join(FIXTURES, "home", TMP)).map(({ name }) => name)) {
    for await (const file of filesBelow(join(FIXTURES, "home", TMP, path))) {
      const text = copy(await Deno.readTextFile(file), file);
      if (text === undefined) continue;
      const target = file.replace(join(FIXTURES, "home"), home);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      await Deno.writeTextFile(target, text);
    }
  }
}

async function* filesBelow(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) yield* filesBelow(join(directory, name));
    else yield join(directory, name);
  }
}

Deno.test("sessions are what the gateway billed, in a first scan and in one that finds nothing new", async () => {
  await withTemporaryDirectory(async (home) => {
    await copyLogs(home, (text) => text);
    const expected = JSON.parse(await Deno.readTextFile(join(FIXTURES, "expected.json"))) as Record<
      string,
      { turns: number; tokens: Record<string, number>; parent?: string }
    >;
    const billed: Record<string, Record<string, number>> = {};
    for (const [id, { turns, tokens, parent = id }] of Object.entries(expected)) {
      const sums = billed[parent] ??= {};
      for (const [kind, count] of Object.entries({ turns, ...tokens })) sums[kind] = (sums[kind] ?? 0) + count;
    }
    deepStrictEqual(referenceOf(home), Object.fromEntries(Object.entries(billed).sort(([a], [b]) => a < b ? -1 : 1)));
    for (let scan = 0; scan < 2; scan++) deepStrictEqual(await reported(home), referenceOf(home));
  });
});

Deno.test("sessions that grow line by line are what a reader of all of them finds", async () => {
  await withTemporaryDirectory(async (home) => {
    // Every third length is enough: each kind of record is the last one of some log.
    for (let lines = 1; lines <= 34; lines += 3) {
      await copyLogs(home, (text, path) => {
        // A document is there from the beginning, and the file that goes on with it comes later.
        if (!path.endsWith(".jsonl")) return text;
        return lines < 4 && path.includes("c2ecf218") ? undefined : text.split("\n").slice(0, lines).join("\n") + "\n";
      });
      deepStrictEqual(await reported(home), referenceOf(home), `${lines} lines`);
    }
  });
});

Deno.test("a session that was taken over from a file is a fork", async () => {
  await withTemporaryDirectory(async (home) => {
    await copyLogs(home, (text) => text);
    const before = await reported(home);
    const chats = join(home, TMP, "web/chats");
    const lines = (await Deno.readTextFile(join(chats, "session-2026-11-26T04-04-accd1763.jsonl"))).split("\n")
      .filter((line) => line.startsWith('{"id"')).map((line) => JSON.parse(line) as object);
    // As 0.61.0 writes it, run on 2026-11-26.
    const [at, sessionId] = ["2026-11-26T05:00:00.000Z", "32ef8092-2b4c-4c0a-9f8f-3d6a8d8c3e0f"];
    const written = [
      { sessionId, projectHash: "h", startTime: at, lastUpdated: at, kind: "main", hasResumableContent: true },
      { id: "import-1795669200000", type: "info", content: "Imported session from /x.jsonl", timestamp: at },
      ...lines,
      { $set: { sessionId } },
    ];
    const text = written.map((record) => JSON.stringify(record) + "\n").join("");
    await Deno.writeTextFile(join(chats, "session-1795669200000-32ef8092.jsonl"), text);
    const none = { turns: 0, input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };
    deepStrictEqual(
      await reported(home),
      Object.fromEntries(
        Object.entries({ ...before, [sessionId]: none }).sort(([a], [b]) => a < b ? -1 : 1),
      ),
    );
    deepStrictEqual(await reported(home), referenceOf(home));
    // It counts there when what it was taken from is gone.
    await Deno.remove(join(chats, "session-2026-11-26T04-04-accd1763.jsonl"));
    const { [sessionId]: kept } = await reported(home);
    deepStrictEqual(kept, before["accd1763-04da-449c-9dca-9bc0402c54d1"]);
  });
});
