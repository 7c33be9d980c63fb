/** Which processes lie below and above one: of lists as they are printed, and of real processes. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  parseProc,
  parsePs,
  type ProcessEntry,
  processesAbove,
  processesBelow,
  readProcessTable,
} from "./process_table.ts";
import { waitUntil } from "../../tests/support/wait_until.ts";

Deno.test("lines of ps", async (t) => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const rows: [line: string, entry: [pid: number, parent: number, group: number, startedAt: string] | undefined][] = [
    ["    1     0     1 Ss   01-02:03:04 /sbin/launchd", [1, 0, 1, "2026-11-20T09:56:56.000Z"]],
    ["  812   1   812 S+      59:58 /Applications/A B.app/x (y) 3", [812, 1, 812, "2026-11-21T11:00:02.000Z"]],
    ["99999 812 812 R    00:00 sh", [99999, 812, 812, "2026-11-21T12:00:00.000Z"]],
    // Ended, and not waited for; the list itself; no line of it.
    ["  813   812   812 Z       00:01 (sh)", undefined],
    [`  814   ${Deno.pid}   814 R+       00:00 /bin/ps`, undefined],
    ["", undefined],
  ];
  for (const [line, entry] of rows) {
    await t.step(line.trim() || "nothing", () => {
      const [first] = parsePs(line, now);
      const found = first && [first.pid, first.parent, first.group, new Date(first.startedAt).toISOString()];
      deepStrictEqual(found, entry);
    });
  }
});

Deno.test("files of /proc", () => {
  // Behind the group: 16 numbers that are not looked at, then the start in hundredths of a second after 12:00:00.
  const stat = (pid: number, name: string, state: string, at: number) =>
    `${pid} (${name}) ${state} 1 ${pid} ${"0 ".repeat(16)}${at} -1 7 18446744073709551615 0\n`;
  const boot = `cpu  1 2 3\nbtime ${Date.parse("2026-11-21T12:00:00Z") / 1000}\nprocesses 9\n`;
  const table = parseProc([
    boot,
    stat(7, "sh", "S", 150),
    stat(8, "a) S 1 8 (b", "R", 0),
    stat(9, "two\nlines", "S", 0),
    stat(10, "ended", "Z", 0),
  ].join(""));
  deepStrictEqual(
    table?.map(({ pid, parent, group, startedAt }) => [pid, parent, group, new Date(startedAt).toISOString()]),
    [
      [7, 1, 7, "2026-11-21T12:00:01.500Z"],
      [8, 1, 8, "2026-11-21T12:00:00.000Z"],
      [9, 1, 9, "2026-11-21T12:00:00.000Z"],
    ],
  );
  strictEqual(parseProc("nothing"), undefined);
});

Deno.test("below are those of the group, and what they started in groups apart", () => {
  const entry = (pid: number, parent: number, group: number): ProcessEntry => ({ pid, parent, group, startedAt: 0 });
  const table = [
    entry(31, 30, 31), // started by 30, apart: listed before what started it
    entry(1, 0, 1),
    entry(10, 1, 10),
    entry(20, 10, 10),
    entry(30, 20, 30),
    entry(40, 1, 10), // its parent has ended
    entry(50, 1, 50),
    entry(51, 50, 50),
  ];
  deepStrictEqual(processesBelow(10, table).map(({ pid }) => pid), [31, 20, 30, 40]);
  deepStrictEqual(processesBelow(60, table), []);
});

Deno.test("real processes are found, with the time they began", async () => {
  const begin = Date.now();
  const child = new Deno.Command("/bin/sh", { args: ["-c", "sleep 60 & wait"], detached: true }).spawn();
  try {
    let below: readonly ProcessEntry[] = [];
    let table: readonly ProcessEntry[] = [];
    await waitUntil("the shell to start its child", () => {
      table = readProcessTable()!;
      below = processesBelow(child.pid, table);
      return below.length > 0;
    });
    const end = Date.now();
    deepStrictEqual(below.map(({ parent, group }) => [parent, group]), [[child.pid, child.pid]]);
    const shell = table.find(({ pid }) => pid === child.pid)!;
    strictEqual(shell.parent, Deno.pid);
    // As exactly as the system says when it was started itself.
    ok(shell.startedAt > begin - 3000 && shell.startedAt < end + 3000, `${shell.startedAt - begin} ms`);
    ok(!processesBelow(Deno.ppid, table).some(({ pid }) => pid === Deno.pid));
    strictEqual(processesAbove(table)[0]?.pid, Deno.ppid);
  } finally {
    Deno.kill(-child.pid, "SIGKILL");
    await child.status;
  }
});
