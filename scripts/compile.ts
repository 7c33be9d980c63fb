/**
 * Makes the program that is shipped: `deno task compile [--target all|host|NAME]... [--compiler DENO] [--output DIRECTORY]`.
 *
 * Without a target, opper-agent for this machine. With targets, one archive each, a bill of materials and SHA256SUMS over
 * all of them. They go to dist/, and what was there by their names goes away. A minified bundle in many pieces is compiled instead of the sources, because it starts as
 * fast as an empty program does, and because all that it needs is then inside.
 */
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../src/core/version.ts";
import { bundlePage } from "./bundle_page.ts";
import { readPageNotices } from "./page_notices.ts";
import { PERMISSIONS } from "./permissions.ts";
import { makeSbom } from "./sbom.ts";
import { addStartStub } from "./start_stub.ts";
import { type Target, TARGETS } from "./targets.ts";
import { V8_FLAGS } from "./v8_flags.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SBOM = "opper-agent.cdx.json";
const HINT_DENORT = "Set DENORT_BIN to the path of a denort of the compiler's very version. " +
  "--compiler PATH takes a Deno of another version as the compiler.";

class CompileError extends Error {
  constructor(message: string, readonly hint?: string) {
    super(message);
  }
}

async function compile(): Promise<void> {
  const { targets, compiler, output } = readArguments();
  const runtime = await versionOf(compiler);
  // Everything on the way. Made anew each time.
  const work = join(output, "build");
  await Deno.remove(work, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(work, { recursive: true });
  const script = await bundle(await readCommit() ?? "unknown", work);
  if (targets === undefined) {
    const program = join(output, Deno.build.os === "windows" ? "opper-agent.exe" : "opper-agent");
    await compileFor(undefined, script, program, compiler);
    await checkStart(program, runtime);
    console.error(`Made ${program}`);
    return;
  }
  for await (const { name } of Deno.readDir(output)) {
    if (/^(opper-agent-|SHA256SUMS$)/.test(name) || name === SBOM) await Deno.remove(join(output, name));
  }
  for (const target of targets) {
    const directory = join(work, target.name);
    await Deno.mkdir(directory);
    const program = join(directory, target.program);
    await compileFor(target, script, program, compiler);
    if (target.triple === Deno.build.target) await checkStart(program, runtime);
    await pack(target, directory, join(output, target.asset));
    console.error(`Made ${join(output, target.asset)}`);
  }
  const lockfile = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock")));
  const at = await readCommitTime() ?? new Date().toISOString();
  const sbom = makeSbom(lockfile, { version: VERSION, at, deno: runtime }, await readPageNotices(lockfile));
  await Deno.writeTextFile(join(output, SBOM), `${JSON.stringify(sbom, null, 2)}\n`);
  await writeChecksums(output, [...targets.map(({ asset }) => asset), SBOM]);
}

interface Arguments {
  /** Undefined: this machine, and no archive. */
  readonly targets: readonly Target[] | undefined;
  readonly compiler: string;
  /** Absolute. */
  readonly output: string;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    args: [...Deno.args],
    options: { target: { type: "string", multiple: true }, compiler: { type: "string" }, output: { type: "string" } },
  });
  const compiler = values.compiler ?? Deno.execPath();
  const output = resolve(values.output ?? join(ROOT, "dist"));
  if (values.target === undefined) return { targets: undefined, compiler, output };
  const targets = values.target.includes("all") ? TARGETS : values.target.map((wanted) => {
    const isWanted = ({ name, triple }: Target) =>
      wanted === name || (wanted === "host" && triple === Deno.build.target);
    const target = TARGETS.find(isWanted);
    if (target !== undefined) return target;
    throw new CompileError(
      `Unknown target "${wanted}".`,
      `Targets: all, host, ${TARGETS.map(({ name }) => name).join(", ")}`,
    );
  });
  if (Deno.env.get("DENORT_BIN") && targets.length > 1) {
    throw new CompileError(
      "DENORT_BIN is for one machine, and there are several targets.",
      "Unset it, so that Deno downloads the runtime of each target.",
    );
  }
  return { targets, compiler, output };
}

/** First characters of the commit that is compiled; undefined where there is no repository. */
async function readCommit(): Promise<string | undefined> {
  const commit = await git("rev-parse", "--short=12", "HEAD");
  if (commit === undefined) return undefined;
  return await git("status", "--porcelain") === "" ? commit : `${commit}, changed`;
}

/** ISO 8601. The same for everybody who compiles the same commit. */
function readCommitTime(): Promise<string | undefined> {
  return git("show", "--no-patch", "--format=%cI", "HEAD");
}

async function git(...args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args: [...args], cwd: ROOT, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Three bundles, which share nothing: what answers at once is in few pieces then. And what the bundler puts into every
 * piece of a bundle that holds a CommonJS package imports `node:module`, which alone takes as long as Deno does to start
 * ({@linkcode loadRequireLate} mends that).
 *
 * @returns the script that starts it; what it loads lies beside it
 */
async function bundle(commit: string, work: string): Promise<string> {
  const entry = join(work, "opper_agent.ts");
  const at = (path: string) => JSON.stringify(new URL(`../${path}`, import.meta.url).href);
  // What main.ts does.
  await Deno.writeTextFile(
    entry,
    `import { start } from ${at("src/cli/start.ts")};

const later = (path) => import(new URL(path, import.meta.url).href);

if ("WorkerGlobalScope" in globalThis) {
  await later("./src/scan/index/update/work_thread.js");
} else {
  Deno.exit(
    await start(Deno.args, {
      build: { commit: ${JSON.stringify(commit)}, deno: Deno.version.deno },
      loadHelp: () => import(${at("src/cli/command_list.ts")}),
      loadStatusline: () => later("./statusline.js"),
      loadMcp: () => later("./src/mcp/serve_quickly.js"),
      loadProgram: () => later("./program.js"),
    }),
  );
}
`,
  );
  const outdir = join(work, "bundle");
  const options = [
    "--frozen",
    "--config",
    join(ROOT, "deno.json"),
    "--platform",
    "deno",
    "--minify",
    "--code-splitting",
  ];
  const program = ["program.ts", "src/scan/index/update/work_thread.ts", "src/mcp/serve_quickly.ts"].map((path) =>
    join(ROOT, path)
  );
  for (const entries of [[entry], [join(ROOT, "src/cli/commands/statusline.ts")], program]) {
    const { success, stderr } = await run(
      Deno.execPath(),
      ["bundle", ...options, "--outdir", outdir, ...entries],
      ROOT,
    );
    if (!success) throw new CompileError(`The bundle could not be made.\n${stderr.trimEnd()}`);
  }
  await loadRequireLate(outdir);
  // Where src/http/assets.ts looks for it: beside the piece of the bundle that it is in.
  await bundlePage(join(outdir, "web")).catch((error) => {
    throw new CompileError(error instanceof Error ? error.message : String(error));
  });
  return join(outdir, "opper_agent.js");
}

/** How the bundler writes it. */
const EAGER_REQUIRE =
  /import\s*\{\s*createRequire as ([\w$]+)\s*\}\s*from\s*"node:module";\s*var ([\w$]+)=\1\(import\.meta\.url\);/;

/**
 * Every piece of the program imports, for its other helpers, the one that makes `require`. Only what draws tables calls
 * that: made at its first call, it does not have all commands wait for `node:module`.
 */
async function loadRequireLate(bundled: string): Promise<void> {
  for await (const { name } of Deno.readDir(bundled)) {
    const path = join(bundled, name);
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(path);
    const late = text.replace(
      EAGER_REQUIRE,
      (_, _make, require) =>
        `var ${require}=id=>process.getBuiltinModule("node:module").createRequire(import.meta.url)(id);`,
    );
    // Nobody would notice but by the clock.
    if (/from\s*"node:module"/.test(late)) throw new CompileError(`${name} still imports node:module.`);
    if (late !== text) await Deno.writeTextFile(path, late);
  }
}

/** @param target undefined: this machine */
async function compileFor(target: Target | undefined, script: string, program: string, compiler: string) {
  const bundled = dirname(script);
  const { success, stderr } = await run(compiler, [
    "compile",
    ...PERMISSIONS,
    "--no-config",
    `--v8-flags=${V8_FLAGS.join(",")}`,
    "--no-check",
    "--no-remote",
    "--no-npm",
    // Deno would keep it in the system's directory for temporary files, under a name that others can take first.
    "--no-code-cache",
    ...(target === undefined ? [] : ["--target", target.triple]),
    "--include",
    bundled,
    "--output",
    program,
    script,
  ], bundled);
  if (success) {
    if (addStartStub(program) === "no room") {
      console.error(`warning: ${program} will not start in a directory that was removed.`);
    }
    return;
  }
  if (/Setting up base binary|denort/.test(stderr)) {
    const [reason] = stderr.match(/error sending request for url.*|(?<=: ).*denort.*/i) ?? [stderr];
    throw new CompileError(`Deno's runtime for compiled programs, denort, could not be had.\n${reason}`, HINT_DENORT);
  }
  throw new CompileError(`The program could not be compiled.\n${stderr.trimEnd()}`);
}

/** Compiler and runtime of two versions make a program without complaint that does not start. */
async function checkStart(program: string, runtime: string): Promise<void> {
  const { success, stdout, stderr } = await run(program, ["--version"], ROOT);
  const lines = stdout.split("\n");
  if (success && lines[0] === `opper-agent ${VERSION}` && lines.includes(`deno ${runtime}`)) return;
  await Deno.remove(program);
  throw new CompileError(`The compiled program does not start.\n${`${stdout}${stderr}`.trimEnd()}`, HINT_DENORT);
}

async function versionOf(deno: string): Promise<string> {
  const { stdout } = await run(deno, ["--version"], ROOT);
  const [, version] = /^deno (\S+)/.exec(stdout) ?? [];
  if (version === undefined) throw new CompileError(`"${deno}" is no Deno.`);
  return version;
}

/** @param file where to; its name says how */
async function pack({ program }: Target, directory: string, file: string): Promise<void> {
  if (!file.endsWith(".tar.gz")) return await Deno.copyFile(join(directory, program), file);
  await Deno.copyFile(join(ROOT, "LICENSE"), join(directory, "LICENSE"));
  const { success, stderr } = await run("tar", ["-czf", file, "-C", directory, program, "LICENSE"], directory);
  if (!success) throw new CompileError(`${file} could not be written.\n${stderr}`);
}

/** In the format of sha256sum. */
async function writeChecksums(directory: string, names: readonly string[]): Promise<void> {
  const lines = await Promise.all(names.map(async (name) => {
    const digest = createHash("sha256").update(await Deno.readFile(join(directory, name))).digest("hex");
    return `${digest}  ${name}\n`;
  }));
  await Deno.writeTextFile(join(directory, "SHA256SUMS"), lines.join(""));
}

async function run(program: string, args: readonly string[], cwd: string) {
  const output = await new Deno.Command(program, { args: [...args], cwd, env: { NO_COLOR: "1" } }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success: output.success, stdout: text(output.stdout), stderr: text(output.stderr) };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

try {
  await compile();
} catch (error) {
  if (!(error instanceof CompileError || (error instanceof TypeError && "code" in error))) throw error;
  console.error(`error: ${error.message}`);
  if (error instanceof CompileError && error.hint !== undefined) console.error(`hint: ${error.hint}`);
  Deno.exit(1);
}
