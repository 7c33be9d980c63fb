/**
 * What a program does first when its working directory was removed, with programs of a few instructions that print where
 * they are. Where this machine can run one of them it is run.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../tests/support/run_agent.ts";
import { addStartStub } from "./start_stub.ts";

interface Machine {
  readonly target: string;
  /** In an ELF header. */
  readonly number: number;
  readonly page: number;
  /** Prints what the system says is the working directory; nothing when there is none. */
  readonly code: string;
}

const MACHINES: readonly Machine[] = [
  {
    target: "x86_64-unknown-linux-gnu",
    number: 62,
    page: 0x1000,
    code: "4881ec001000004889e7be00100000b84f0000000f0589c24889e6bf01000000b8010000000f0531ffb83c0000000f05",
  },
];

/** As a linker leaves it: headers, room up to the next page, code. @param room in bytes of the file */
function makeProgram({ number, page, code }: Machine, room: number): Uint8Array {
  const instructions = Uint8Array.from(code.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const headers = page - room;
  const program = new Uint8Array(page + instructions.length);
  const view = new DataView(program.buffer);
  program.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, number, true);
  view.setUint32(20, 1, true);
  const entry = BigInt(0x400000 + 2 * page);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  const segments = [[4, 0n, 0x400000n, BigInt(headers)], [
    5,
    BigInt(page),
    entry,
    BigInt(instructions.length),
  ]] as const;
  segments.forEach(([flags, offset, address, size], index) => {
    const at = 64 + index * 56;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, flags, true);
    for (const [field, value] of [[8, offset], [16, address], [24, address], [32, size], [40, size]] as const) {
      view.setBigUint64(at + field, value, true);
    }
    view.setBigUint64(at + 48, BigInt(page), true);
  });
  program.set(instructions, page);
  return program;
}

async function runIn(directory: string, program: string): Promise<string> {
  const script = 'cd "$1" && rmdir "$1" 2>/dev/null; exec "$2"';
  const { code, stdout } = await new Deno.Command("/bin/sh", { args: ["-c", script, "sh", directory, program] })
    .output();
  strictEqual(code, 0);
  return new TextDecoder().decode(stdout).replace(/\0.*$/s, "");
}

Deno.test("a program starts where it is, and in a refuge where that is gone", async (t) => {
  for (const machine of MACHINES) {
    await t.step(machine.target, () =>
      withTemporaryDirectory(async (root) => {
        const path = join(root, "program");
        await Deno.writeFile(path, makeProgram(machine, 512), { mode: 0o755 });
        strictEqual(addStartStub(path), "added");
        const changed = await Deno.readFile(path);
        strictEqual(changed.length, makeProgram(machine, 512).length);
        deepStrictEqual(changed.slice(machine.page), makeProgram(machine, 512).slice(machine.page), "the code itself");
        const view = new DataView(changed.buffer);
        strictEqual(view.getBigUint64(24, true), BigInt(0x400000 + 2 * machine.page - 512), "where it starts");
        // A second time there is no room any more.
        strictEqual(addStartStub(path), "no room");
        if (machine.target !== Deno.build.target) return;
        for (const name of ["there", "gone"]) await Deno.mkdir(join(root, name));
        await Deno.writeTextFile(join(root, "there/file"), "");
        strictEqual(await runIn(join(root, "there"), path), join(root, "there"));
        match(await runIn(join(root, "gone"), path), /^\/proc\/\d+$/);
      }));
  }
});

Deno.test("what cannot be changed is left as it is", async (t) => {
  const [first] = MACHINES as [Machine];
  const changed = (change: (program: Uint8Array) => void) => {
    const program = makeProgram(first, 512);
    change(program);
    return program;
  };
  const rows: [what: string, program: Uint8Array, said: string][] = [
    ["too little room", makeProgram(first, 64), "no room"],
    ["something in the room", changed((program) => program[0x1000 - 500] = 1), "no room"],
    ["no code", changed((program) => program[64 + 56 + 4] = 4), "no room"],
    ["code first", changed((program) => program[64 + 4] = 5), "no room"],
    ["another machine", changed((program) => program[18] = 3), "foreign"],
    ["32 bits", changed((program) => program[4] = 1), "foreign"],
    ["macOS", changed((program) => program.set([0xcf, 0xfa, 0xed, 0xfe])), "foreign"],
    ["a script", new TextEncoder().encode("#!/bin/sh\n"), "foreign"],
    ["nothing", new Uint8Array(), "foreign"],
  ];
  for (const [what, program, said] of rows) {
    await t.step(what, () =>
      withTemporaryDirectory(async (root) => {
        const path = join(root, "program");
        await Deno.writeFile(path, program);
        strictEqual(addStartStub(path), said);
        deepStrictEqual(await Deno.readFile(path), program);
      }));
  }
});
