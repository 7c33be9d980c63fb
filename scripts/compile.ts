/**
 * Makes the program that is shipped: `deno task compile [--target all|NAME]... [--compiler DENO]`.
 *
 * Without a target, dist/opper-agent for this machine. With targets, one archive each, a bill of materials and
 * SHA256SUMS over all of them. A minified bundle in many pieces is compiled instead of the sources, because it starts as
 * fast as an empty program does, and because all that it needs is then inside.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../src/core/version.ts";
import { PERMISSIONS } from "./permissions.ts";
import { makeSbom } from "./sbom.ts";
import { type Target, TARGETS } from "./targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
/** Everything on the way. Made anew each time. */
const WORK = join(DIST, "build");
const SBOM = "opper-agent.cdx.json";
const HINT_DENORT = "Set DENORT_BIN to the path of a denort of the compiler's very version. " +
  "--compiler PATH takes a Deno of another version as the compiler.";

class CompileError extends Error {
  constructor(message: string, readonly hint?: string) {
    super(message);
  }
}

async function compile(): Promise<void> {
  const { targets, compiler } = readArguments();
  await Deno.remove(WORK, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(WORK, { recursive: true });
  const commit = await readCommit();
  const script = await bundle(commit ?? "unknown");
  const runtime = await versionOf(compiler);
  if (targets === undefined) {
    const program = join(DIST, Deno.build.os === "windows" ? "opper-agent.exe" : "opper-agent");
    await compileFor(undefined, script, program, compiler);
    await checkStart(program, runtime);
    console.error(`Made ${program}`);
    return;
  }
  for await (const { name } of Deno.readDir(DIST)) {
    if (/^(opper-agent-|SHA256SUMS$)/.test(name) || name === SBOM) await Deno.remove(join(DIST, name));
  }
  for (const target of targets) {
    const directory = join(WORK, target.name);
    await Deno.mkdir(directory);
    const program = join(directory, target.program);
    await compileFor(target, script, program, compiler);
    if (target.triple === Deno.build.target) await checkStart(program, runtime);
    await pack(target, directory);
    console.error(`Made ${join(DIST, target.asset)}`);
  }
  const lockfile = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock")));
  const at = await readCommitTime() ?? new Date().toISOString();
  const sbom = makeSbom(lockfile, { version: VERSION, at, deno: runtime });
  await Deno.writeTextFile(join(DIST, SBOM), `${JSON.stringify(sbom, null, 2)}\n`);
  await writeChecksums([...targets.map(({ asset }) => asset), SBOM]);
}

interface Arguments {
  /** Undefined: this machine, and no archive. */
  readonly targets: readonly Target[] | undefined;
  readonly compiler: string;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    args: [...Deno.args],
    options: { target: { type: "string", multiple: true }, compiler: { type: "string" } },
  });
  const compiler = values.compiler ?? Deno.execPath();
  if (values.target === undefined) return { targets: undefined, compiler };
  const targets = values.target.includes("all") ? TARGETS : values.target.map((wanted) => {
    const target = TARGETS.find(({ name }) => name === wanted);
    if (target !== undefined) return target;
    throw new CompileError(
      `Unknown target "${wanted}".`,
      `Targets: all, ${TARGETS.map(({ name }) => name).join(", ")}`,
    );
  });
  if (Deno.env.get("DENORT_BIN") && targets.length > 1) {
    throw new CompileError(
      "DENORT_BIN is for one machine, and there are several targets.",
      "Unset it, so that Deno downloads the runtime of each target.",
    );
  }
  return { targets, compiler };
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

/** @returns the script that starts it; what it loads lies beside it */
async function bundle(commit: string): Promise<string> {
  const entry = join(WORK, "opper_agent.ts");
  // What main.ts does, with paths that the bundler follows.
  await Deno.writeTextFile(
    entry,
    `import { start } from "../../src/cli/start.ts";

Deno.exit(
  await start(Deno.args, {
    build: { commit: ${JSON.stringify(commit)}, deno: Deno.version.deno },
    loadHelp: () => import("../../src/cli/overview.ts"),
    loadProgram: () => import("../../program.ts"),
  }),
);
`,
  );
  const outdir = join(WORK, "bundle");
  const options = ["--frozen", "--platform", "deno", "--minify", "--code-splitting"];
  const { success, stderr } = await run(Deno.execPath(), ["bundle", ...options, "--outdir", outdir, entry], ROOT);
  if (!success) throw new CompileError(`The bundle could not be made.\n${stderr}`);
  return join(outdir, "opper_agent.js");
}

/** @param target undefined: this machine */
async function compileFor(target: Target | undefined, script: string, program: string, compiler: string) {
  const bundled = join(script, "..");
  const { success, stderr } = await run(compiler, [
    "compile",
    ...PERMISSIONS,
    "--no-config",
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
  if (success) return;
  if (/Setting up base binary|denort/.test(stderr)) {
    const [reason] = stderr.match(/error sending request for url.*|(?<=: ).*denort.*/i) ?? [stderr];
    throw new CompileError(`Deno's runtime for compiled programs, denort, could not be had.\n${reason}`, HINT_DENORT);
  }
  throw new CompileError(`The program could not be compiled.\n${stderr}`);
}

/** Compiler and runtime of two versions make a program without complaint that does not start. */
async function checkStart(program: string, runtime: string): Promise<void> {
  const { success, stdout, stderr } = await run(program, ["--version"], WORK);
  const lines = stdout.split("\n");
  if (success && lines[0] === `opper-agent ${VERSION}` && lines.includes(`deno ${runtime}`)) return;
  await Deno.remove(program);
  throw new CompileError(`The compiled program does not start.\n${stdout}${stderr}`, HINT_DENORT);
}

async function versionOf(deno: string): Promise<string> {
  const { stdout } = await run(deno, ["--version"], WORK);
  const [, version] = /^deno (\S+)/.exec(stdout) ?? [];
  if (version === undefined) throw new CompileError(`"${deno}" is no Deno.`);
  return version;
}

async function pack({ asset, program }: Target, directory: string): Promise<void> {
  if (!asset.endsWith(".tar.gz")) return await Deno.copyFile(join(directory, program), join(DIST, asset));
  await Deno.copyFile(join(ROOT, "LICENSE"), join(directory, "LICENSE"));
  const { success, stderr } = await run("tar", ["-czf", join(DIST, asset), "-C", directory, program, "LICENSE"], WORK);
  if (!success) throw new CompileError(`The archive ${asset} could not be written.\n${stderr}`);
}

/** In the format of sha256sum. */
async function writeChecksums(names: readonly string[]): Promise<void> {
  const lines = await Promise.all(names.map(async (name) => {
    const digest = createHash("sha256").update(await Deno.readFile(join(DIST, name))).digest("hex");
    return `${digest}  ${basename(name)}\n`;
  }));
  await Deno.writeTextFile(join(DIST, "SHA256SUMS"), lines.join(""));
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
