/**
 * Lets a compiled program start in a directory that was removed, as a git worktree is while a shell stands in it. Deno's
 * runtime asks for the working directory before it runs anything of ours, and ends where there is none (`resolve_inner` in
 * its `cli/rt/run.rs`, read in 2.7.14 and 2.9.5): no flag of `deno compile` and no code of ours comes before that.
 *
 * So a few instructions are put in front, into the room that the linker leaves before the code: when the system says that
 * the working directory is gone, they go to `/proc/self`, where nobody works, and which src/host/working_directory.ts
 * recognizes. Then the program starts as ever. For Linux on x86-64 alone: no other machine has run it yet, what is
 * changed on macOS would have to be signed anew,
 * and on Windows such a directory cannot be removed (docs/adr/0012-start_stub.md).
 */

/** Machine code that ends in a jump, and behind that the texts that it uses. */
interface Stub {
  readonly code: Uint8Array;
  /** Where in the code the jump lies. */
  readonly jumpAt: number;
  /** Writes how far the jump goes, from its own address. */
  writeJump(code: DataView, distance: number): void;
}

/** By the machine's number in an ELF header. What it does, in the notation of each one's manual. */
const STUBS: Readonly<Record<number, Stub>> = {
  // x86-64. getcwd is 79, chdir 80; rdx is handed on, as the C library needs it.
  62: {
    code: bytes(
      "f30f1efa 52 4881ec08100000", // endbr64; push rdx; sub rsp, 4104
      "4889e7 be00100000 b84f000000 0f05", // getcwd(rsp, 4096)
      "83f8fe 740a 85c0 7826", // -ENOENT: gone; another error: done
      "803c2428 7520", // does not begin with "(", as in "(unreachable)": done
      "488d3d26000000 b850000000 0f05", // gone: chdir("/proc/self")
      "85c0 790e", // it worked: done
      "488d3d1f000000 b850000000 0f05", // chdir("/")
      "4881c408100000 5a e900000000", // done: add rsp, 4104; pop rdx; jmp
      text("/proc/self"),
      text("/"),
    ),
    jumpAt: 0x52,
    writeJump: (code, distance) => code.setInt32(0x53, distance - 5, true),
  },
};

function bytes(...parts: readonly string[]): Uint8Array {
  return Uint8Array.from(parts.join("").replace(/ /g, "").match(/../g)!, (pair) => Number.parseInt(pair, 16));
}

function text(value: string): string {
  return [...new TextEncoder().encode(`${value}\0`)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const PT_LOAD = 1;
const PF_X = 1;

interface Segment {
  /** Of its header in the file. */
  readonly at: number;
  readonly isCode: boolean;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

/**
 * Changes a program in place.
 *
 * @returns `added`; `foreign` for what is no program for 64-bit Linux on a machine that is known; `no room` when the
 * linker left none, and nothing was changed
 */
export function addStartStub(path: string): "added" | "foreign" | "no room" {
  using file = Deno.openSync(path, { read: true, write: true });
  const header = readAt(file, 0, HEADER_BYTES);
  // ELF, 64 bits, little-endian.
  if (header.byteLength < HEADER_BYTES || header.getUint32(0) !== 0x7f454c46 || header.getUint16(4) !== 0x0201) {
    return "foreign";
  }
  const stub = STUBS[header.getUint16(18, true)];
  if (stub === undefined) return "foreign";
  const segments = readSegments(file, header);
  const at = segments.findIndex(({ isCode }) => isCode);
  const [before, code] = [segments[at - 1], segments[at]];
  if (before === undefined || code === undefined) return "no room";

  // The code's segment begins earlier: in the file behind what is before it, in memory as much before its own beginning.
  const offset = Math.ceil((before.offset + before.fileSize) / 16) * 16;
  const more = code.offset - offset;
  const address = code.address - more;
  const pageOf = (value: number) => Math.floor(value / code.alignment);
  const hasRoom = more >= stub.code.length && more % 16 === 0 &&
    pageOf(address) > pageOf(before.address + before.memorySize - 1);
  if (!hasRoom) return "no room";
  if (readBytes(file, offset, stub.code.length).some((byte) => byte !== 0)) return "no room";

  const instructions = stub.code.slice();
  const entry = Number(header.getBigUint64(24, true));
  stub.writeJump(new DataView(instructions.buffer), entry - (address + stub.jumpAt));
  writeAt(file, offset, instructions);
  const changed = new DataView(new ArrayBuffer(40));
  [offset, address, address, code.fileSize + more, code.memorySize + more].forEach((value, index) =>
    changed.setBigUint64(index * 8, BigInt(value), true)
  );
  writeAt(file, code.at + 8, new Uint8Array(changed.buffer));
  // Last: until now the program is as it was.
  const start = new DataView(new ArrayBuffer(8));
  start.setBigUint64(0, BigInt(address), true);
  writeAt(file, 24, new Uint8Array(start.buffer));
  return "added";
}

/** What is loaded into memory, in order. */
function readSegments(file: Deno.FsFile, header: DataView): readonly Segment[] {
  const [table, count] = [Number(header.getBigUint64(32, true)), header.getUint16(56, true)];
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const at = table + index * PROGRAM_HEADER_BYTES;
    const entry = readAt(file, at, PROGRAM_HEADER_BYTES);
    if (entry.getUint32(0, true) !== PT_LOAD) continue;
    const numberAt = (offset: number) => Number(entry.getBigUint64(offset, true));
    segments.push({
      at,
      isCode: (entry.getUint32(4, true) & PF_X) !== 0,
      offset: numberAt(8),
      address: numberAt(16),
      fileSize: numberAt(32),
      memorySize: numberAt(40),
      alignment: numberAt(48),
    });
  }
  return segments;
}

function readAt(file: Deno.FsFile, offset: number, length: number): DataView {
  const read = readBytes(file, offset, length);
  return new DataView(read.buffer, 0, read.length);
}

function readBytes(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const buffer = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  let done = 0;
  for (let read: number | null = 0; done < length && read !== null; done += read ?? 0) {
    read = file.readSync(buffer.subarray(done));
  }
  return buffer.slice(0, done);
}

function writeAt(file: Deno.FsFile, offset: number, content: Uint8Array): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let done = 0; done < content.length;) done += file.writeSync(content.subarray(done));
}
