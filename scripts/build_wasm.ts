/**
 * Builds the .wasm of the scan from their AssemblyScript, so that the binaries in the repository can be traced to their text.
 *
 *     deno run -A --no-lock scripts/build_wasm.ts            writes them
 *     deno run -A --no-lock scripts/build_wasm.ts --check    fails when one is not what the text gives
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

/** Where the text is, the module that is made of it, and the files whose exports it has. */
const MODULES = [
  {
    directory: "src/scan/logs/lines/assembly/",
    wasm: "src/scan/logs/lines/line_engine.wasm",
    entries: ["find_lines.ts", "walk_line.ts", "add_up.ts", "may_repeat.ts", "message_turns.ts", "count_turns.ts"],
    pages: 6,
  },
  {
    directory: "src/scan/index/sums/assembly/",
    wasm: "src/scan/index/sums/sum_engine.wasm",
    entries: [
      "sum_rows.ts",
      "hash_texts.ts",
      "pack_entries.ts",
      "unpack_entries.ts",
      "pack_json.ts",
      "price_rows.ts",
      "price_misses.ts",
      "write_rows.ts",
      "sha1.ts",
    ],
    pages: 1,
  },
];

const ROOT = new URL("../", import.meta.url);

const compiler: Compiler = await import(COMPILER);
for (const module of MODULES) {
  const wasm = new URL(module.wasm, ROOT);
  const built = await build(module);
  if (!Deno.args.includes("--check")) Deno.writeFileSync(wasm, built);
  else if (!isSame(Deno.readFileSync(wasm), built)) {
    fail(`${module.wasm} is not what its AssemblyScript gives: run deno run -A --no-lock scripts/build_wasm.ts.`);
  }
}

async function build({ directory, entries, pages }: typeof MODULES[number]): Promise<Uint8Array> {
  const options = [
    ...entries,
    ...`--outFile out.wasm -O3 --noAssert --runtime stub --initialMemory ${pages}`.split(" "),
    ..."--enable simd --enable relaxed-simd --enable bulk-memory".split(" "),
  ];
  let built: Uint8Array = new Uint8Array();
  const { error, stderr } = await compiler.main(options, {
    readFile(name) {
      try {
        return Deno.readTextFileSync(new URL(directory + name, ROOT));
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
  if (error !== null) fail(`${stderr.toString()}${error.message}`);
  return built;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(1);
}
