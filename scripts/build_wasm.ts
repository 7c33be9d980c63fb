/**
 * Builds src/scan/logs/lines/line_finder.wasm from its .wat, so that the binary in the repository can be traced to its text.
 *
 *     deno run -A --no-lock scripts/build_wasm.ts            writes the .wasm
 *     deno run -A --no-lock scripts/build_wasm.ts --check    fails when the .wasm is not what the .wat gives
 */

interface Wabt {
  parseWat(name: string, text: string, features: Readonly<Record<string, boolean>>): {
    toBinary(options: object): { readonly buffer: Uint8Array };
    destroy(): void;
  };
}

/** Loaded by a name that only running resolves: the program itself has no dependency on it. */
const WABT = "npm:wabt@1.0.39";

const WAT = new URL("../src/scan/logs/lines/line_finder.wat", import.meta.url);
const WASM = new URL("../src/scan/logs/lines/line_finder.wasm", import.meta.url);

const FEATURES = { simd: true, relaxed_simd: true, bulk_memory: true };

const { default: loadWabt }: { default: () => Promise<Wabt> } = await import(WABT);
const { parseWat } = await loadWabt();
const parsed = parseWat("line_finder.wat", Deno.readTextFileSync(WAT), FEATURES);
const built = parsed.toBinary({}).buffer;
parsed.destroy();

if (Deno.args.includes("--check")) {
  const committed = Deno.readFileSync(WASM);
  if (committed.length !== built.length || committed.some((byte, i) => byte !== built[i])) {
    console.error(
      "src/scan/logs/lines/line_finder.wasm is not what line_finder.wat gives: run deno run -A --no-lock scripts/build_wasm.ts.",
    );
    Deno.exit(1);
  }
} else {
  Deno.writeFileSync(WASM, built);
}
