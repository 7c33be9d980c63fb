/**
 * Builds src/scan/logs/lines/line_engine.wasm from its AssemblyScript, so that the binary in the repository can be traced to
 * its text.
 *
 *     deno run -A --no-lock scripts/build_wasm.ts            writes the .wasm
 *     deno run -A --no-lock scripts/build_wasm.ts --check    fails when the .wasm is not what the text gives
 */

interface Compiler {
  main(
    options: readonly string[],
    files: {
      readFile(name: string, directory: string): string | null;
      writeFile(name: string, content: Uint8Array): void;
      listFiles(): readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/**
 * Loaded by a name that only running resolves: the program itself has no dependency on it. It asks for one version of
 * Binaryen, which makes the bytes, and for no other.
 */
const COMPILER = "npm:assemblyscript@0.28.20/asc";

const DIRECTORY = new URL("../src/scan/logs/lines/assembly/", import.meta.url);
const WASM = new URL("../src/scan/logs/lines/line_engine.wasm", import.meta.url);

/** What they export, the module exports. */
const ENTRIES = ["find_lines.ts", "walk_line.ts", "add_up.ts"];

const OPTIONS = [
  ...ENTRIES,
  ..."--outFile out.wasm -O3 --noAssert --runtime stub --initialMemory 5".split(" "),
  ..."--enable simd --enable relaxed-simd --enable bulk-memory".split(" "),
];

const compiler: Compiler = await import(COMPILER);
let built: Uint8Array = new Uint8Array();
const { error, stderr } = await compiler.main(OPTIONS, {
  readFile(name) {
    try {
      return Deno.readTextFileSync(new URL(name, DIRECTORY));
    } catch {
      // It asks for each file under several names.
      return null;
    }
  },
  writeFile(name, content) {
    if (name === "out.wasm") built = content;
  },
  listFiles: () => [],
});
if (error !== null) {
  console.error(`${stderr.toString()}${error.message}`);
  Deno.exit(1);
}

if (Deno.args.includes("--check")) {
  const committed = Deno.readFileSync(WASM);
  if (committed.length !== built.length || committed.some((byte, i) => byte !== built[i])) {
    console.error(
      "src/scan/logs/lines/line_engine.wasm is not what its AssemblyScript gives: run deno run -A --no-lock scripts/build_wasm.ts.",
    );
    Deno.exit(1);
  }
} else {
  Deno.writeFileSync(WASM, built);
}
