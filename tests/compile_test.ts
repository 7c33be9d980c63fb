/**
 * scripts/compile.ts with a compiler of the test's own: what it makes of an answer, good or bad. That the real compiler
 * makes a program that works is for `.ci/run` to show, by running the tests with that.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PERMISSIONS } from "../scripts/permissions.ts";
import { TARGETS } from "../scripts/targets.ts";
import { VERSION } from "../src/core/version.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";

const SCRIPT = fileURLToPath(new URL("../scripts/compile.ts", import.meta.url));
const HOST = TARGETS.find(({ triple }) => triple === Deno.build.target)!;

interface Compiled {
  readonly code: number;
  readonly stderr: string;
  readonly output: string;
  /** Arguments of each call of the compiler. */
  readonly calls: readonly string[][];
}

interface BundledModule {
  readonly specifier: string;
  readonly error?: string;
}

/** @param compile what the compiler does in a shell, with `$out` for the file that it is to write */
async function compile(root: string, args: readonly string[], compile: string, env = {}): Promise<Compiled> {
  const output = join(root, "dist");
  await Deno.mkdir(output, { recursive: true });
  const compiler = join(root, "compiler");
  await Deno.writeTextFile(
    compiler,
    `#!/bin/sh
if [ "$1" = --version ]; then echo "deno 9.8.7 (stable)"; exit; fi
for argument in "$@"; do printf '%s\\n' "$argument"; done >>${root}/calls
printf '\\n' >>${root}/calls
while [ "$1" != --output ]; do shift; done
out=$2
${compile}
`,
    { mode: 0o755 },
  );
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--frozen", SCRIPT, "--compiler", compiler, "--output", output, ...args],
    env: { DENORT_BIN: "", ...env },
    stdout: "null",
  }).output();
  const calls = await Deno.readTextFile(join(root, "calls")).catch(() => "");
  return {
    code,
    stderr: new TextDecoder().decode(stderr),
    output,
    calls: calls.split("\n\n").slice(0, -1).map((call) => call.split("\n")),
  };
}

/** A program that says what the real one says. */
function writeProgram(deno = "9.8.7"): string {
  return `printf '#!/bin/sh\\necho opper-agent ${VERSION}\\necho deno ${deno}\\n' >"$out"; chmod 755 "$out"`;
}

Deno.test("compile for this machine", async () => {
  await withTemporaryDirectory(async (root) => {
    const { code, stderr, output, calls } = await compile(root, [], writeProgram());
    deepStrictEqual([code, stderr], [0, `Made ${output}/opper-agent\n`]);
    const [call] = calls;
    deepStrictEqual(call!.slice(0, PERMISSIONS.length + 1), ["compile", ...PERMISSIONS]);
    ok(call!.includes("--no-code-cache"));
    ok(!call!.includes("--target"));
  });
});

Deno.test("what is compiled says its commit, and nothing of the machine it was made on", async () => {
  await withTemporaryDirectory(async (root) => {
    const { output } = await compile(root, [], writeProgram());
    const bundled = join(output, "build/bundle");
    const names = [...Deno.readDirSync(bundled)].filter(({ isFile }) => isFile).map(({ name }) => name);
    ok(names.length > 20, "in pieces");
    const texts = await Promise.all(names.map((name) => Deno.readTextFile(join(bundled, name))));
    match(texts[names.indexOf("opper_agent.js")]!, /commit:"([0-9a-f]{12}(, changed)?|unknown)"/);
    const checkout = fileURLToPath(new URL("..", import.meta.url));
    deepStrictEqual(names.filter((_, index) => texts[index]!.includes(checkout) || texts[index]!.includes(root)), []);
    // Everything is inside: nothing is left to be fetched, nor to be found in a directory of packages.
    const readModules = async (script: string) => {
      const args = ["info", "--json", "--no-config", join(bundled, script)];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
      return JSON.parse(new TextDecoder().decode(stdout)).modules as BundledModule[];
    };
    const isInside = ({ specifier, error }: BundledModule) =>
      specifier.startsWith(`file://${bundled}/`) && error === undefined;
    for (
      const [script, least] of [["opper_agent.js", 3], ["statusline.js", 1], ["program.js", 40], [
        "src/scan/index/update/work_thread.js",
        3,
      ]] as const
    ) {
      const modules = await readModules(script);
      ok(modules.length >= least, `${script}: ${modules.length} modules`);
      const missing = modules.filter((module) => !isInside(module) && !module.specifier.startsWith("node:"));
      deepStrictEqual(missing, [], script);
    }
    // The start, and the list of commands that it loads.
    const started = await readModules("opper_agent.js");
    ok(started.length <= 6, `${started.length} modules to start`);
    // Not even a module of node: loading its first ones takes as long as Deno does to start.
    deepStrictEqual(started.filter((module) => !isInside(module)), []);
    // What the bundler puts into every piece of a bundle with a CommonJS package.
    deepStrictEqual(names.filter((_, index) => /(from|import)\s*"node:module"/.test(texts[index]!)), []);
  });
});

Deno.test("compile for a release", async (t) => {
  await t.step(
    "every target, with checksums of what is there and no other file of a release",
    () =>
      withTemporaryDirectory(async (root) => {
        await Deno.mkdir(join(root, "dist"));
        await Deno.writeTextFile(join(root, "dist/opper-agent-old.tar.gz"), "of before");
        const { code, stderr, output, calls } = await compile(root, ["--target", "all"], writeProgram());
        strictEqual(code, 0, stderr);
        deepStrictEqual(calls.map((call) => call[call.indexOf("--target") + 1]), TARGETS.map(({ triple }) => triple));
        const files = [...TARGETS.map(({ asset }) => asset), "opper-agent.cdx.json"];
        deepStrictEqual(
          [...Deno.readDirSync(output)].map(({ name }) => name).sort(),
          [...files, "SHA256SUMS", "build"].sort(),
        );
        const sums = await Promise.all(files.map(async (name) => {
          const digest = createHash("sha256").update(await Deno.readFile(join(output, name))).digest("hex");
          return `${digest}  ${name}\n`;
        }));
        strictEqual(await Deno.readTextFile(join(output, "SHA256SUMS")), sums.join(""));
        const sbom = JSON.parse(await Deno.readTextFile(join(output, "opper-agent.cdx.json")));
        deepStrictEqual([sbom.metadata.component.version, sbom.components[0].version], [VERSION, "9.8.7"]);
        const list = await new Deno.Command("tar", { args: ["-tzf", join(output, HOST.asset)] }).output();
        strictEqual(new TextDecoder().decode(list.stdout), "opper-agent\nLICENSE\n");
      }),
  );
  await t.step("this machine's", () =>
    withTemporaryDirectory(async (root) => {
      const { code, calls } = await compile(root, ["--target", "host"], writeProgram(), { DENORT_BIN: "/x" });
      deepStrictEqual([code, calls.length], [0, 1]);
      ok(calls[0]!.includes(HOST.triple));
    }));
});

Deno.test("compile says what is wrong, and what to set", async (t) => {
  const download =
    "Setting up base binary.\\n 1: error sending request for url (https://dl.deno.land/x.zip): dns error";
  const rows: [name: string, args: string[], script: string, message: RegExp, env?: Record<string, string>][] = [
    [
      "no runtime to download",
      [],
      `printf '${download}\\n' >&2; exit 1`,
      /^error: Deno's runtime .* denort, could not be had\.\nerror sending request .*x\.zip.*\nhint: Set DENORT_BIN to /,
    ],
    [
      "a runtime that is not there",
      [],
      `echo "error: Could not find denort at '/x'" >&2; exit 1`,
      /^error: .*could not be had\.\nCould not find denort at '\/x'\nhint: Set DENORT_BIN to /,
    ],
    [
      "a runtime that does not fit",
      [],
      `printf '#!/bin/sh\\necho no section >&2; exit 1' >"$out"; chmod 755 "$out"`,
      /^error: The compiled program does not start\.\nno section\nhint: Set DENORT_BIN to /,
    ],
    ["a runtime of another version", [], writeProgram("1.1.1"), /^error: The compiled program does not start\./],
    ["something else", [], "echo disk full >&2; exit 1", /^error: The program could not be compiled\.\ndisk full\n/],
    ["an unknown target", ["--target", "x"], "", /^error: Unknown target "x"\.\nhint: Targets: all, host, linux-x64, /],
    ["an unknown flag", ["--x"], "", /^error: Unknown option '--x'/],
    [
      "one runtime for several targets",
      ["--target", "all"],
      "",
      /^error: DENORT_BIN is for one machine, and there are several targets\.\nhint: Unset it/,
      { DENORT_BIN: "/x" },
    ],
  ];
  for (const [name, args, script, message, env] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (root) => {
        const { code, stderr, output } = await compile(root, args, script, env);
        strictEqual(code, 1);
        match(stderr, message);
        deepStrictEqual([...Deno.readDirSync(output)].map(({ name }) => name).filter((name) => name !== "build"), []);
      }));
  }
});
