import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { readFileStamp, readLogStamp } from "./file_stamp.ts";

const MINUTE = 60_000;

Deno.test("readLogStamp() takes in all that a log is in", async (t) => {
  await withTemporaryDirectory(async (directory) => {
    const write = (name: string, size: number, minute: number) => {
      const path = join(directory, name);
      Deno.writeFileSync(path, new Uint8Array(size));
      Deno.utimeSync(path, new Date(minute * MINUTE), new Date(minute * MINUTE));
    };
    Deno.mkdirSync(join(directory, "many", "below"), { recursive: true });
    write("a.jsonl", 5, 1);
    write("c#.db", 10, 2);
    write("c#.db-wal", 7, 3);
    write("many/a.json", 1, 4);
    write("many/below/b.json", 2, 5);
    const rows: readonly [log: string, size: number | undefined, minute?: number][] = [
      ["a.jsonl", 5, 1],
      ["c#.db#ses_1", 17, 3],
      ["c#.db#ses#1", 17, 3],
      ["many", 3, 5],
      ["a.jsonl#x", 5, 1],
      ["gone.db#ses_1", undefined],
      ["gone", undefined],
    ];
    for (const [log, size, minute = 0] of rows) {
      await t.step(log, () => {
        const found = readLogStamp(join(directory, log));
        deepStrictEqual(found, size === undefined ? undefined : { size, mtimeMs: minute * MINUTE });
      });
    }
    deepStrictEqual(readFileStamp(join(directory, "c#.db#ses_1")), undefined);
  });
});
