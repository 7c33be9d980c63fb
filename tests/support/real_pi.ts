/**
 * Installs the real Pi, and the Node that it needs, from npm for the tests that start it: pinned versions, kept in a
 * cache directory, installed once however many test files ask at the same time.
 *
 * An installation that fails is a failure of the test that asked: nothing here is ever skipped.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";

/** 0.74.2 is what npm gives to users of Node 20; 0.87.1 the newest that installs as a whole; 1.5.2 the newest. */
export type PiVersion = "0.74.2" | "0.87.1" | "1.5.2";
export const PI_VERSIONS: readonly PiVersion[] = ["0.74.2", "0.87.1", "1.5.2"];

const NODE_VERSION = "24.21.0";
/** Part of each directory's name: raise it when what is installed changes, so that older caches are left alone. */
const LAYOUT = 1;

/**
 * What the bundle of Pi 1.5.2 loads from outside of itself. The package cannot be installed as such: several of the
 * packages it names are not in the registry (seen 2026-11-20).
 */
const PI_1_5_2_NEEDS = [
  "jiti@2.7.0",
  "typebox@1.3.27",
  "@silvia-odwyer/photon-node@0.3.4",
  "highlight.js@10.7.3",
  "cross-spawn@7.0.6",
  "quickjs-wasi@3.6.2",
  "yaml@2.9.0",
  "undici@8.12.3",
];

export interface RealPi {
  readonly version: PiVersion;
  /** Program and first arguments; those of Pi follow. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Holds `pi` and `node`, and nothing else: put it first into PATH, and whoever looks for Pi finds this one. */
  readonly binDirectory: string;
  /** Absolute path of the Node that runs it. */
  readonly node: string;
}

/** @throws {Error} with npm's own words when it cannot be installed */
export async function realPi(version: PiVersion): Promise<RealPi> {
  const cache = await cacheDirectory();
  const node = await realNode();
  const directory = await installOnce(cache, `pi-${version}`, (path, final) => installPi(version, node, path, final));
  return { version, node, command: [node, join(directory, cliOf(version))], binDirectory: join(directory, "bin") };
}

/** Absolute path of the Node that the tests' programs run on. @throws {Error} when it cannot be installed */
export async function realNode(): Promise<string> {
  const cache = await cacheDirectory();
  return join(await installOnce(cache, `node-${NODE_VERSION}`, installNode), "node_modules/node/bin/node");
}

/**
 * Installs a package from npm, as pinned.
 *
 * @returns absolute path of its directory
 * @throws {Error} with npm's own words when it cannot be installed
 */
export async function npmPackage(name: string, version: string): Promise<string> {
  const cache = await cacheDirectory();
  const directory = await installOnce(cache, `${name.replaceAll("/", "+")}-${version}`, async (path) => {
    await writePackage(path, {});
    await npm(path, ["install", "--ignore-scripts", `${name}@${version}`]);
  });
  return join(directory, "node_modules", name);
}

/**
 * A directory that holds the program of an agent by its name, and `node`, and nothing else: put it first into PATH, and
 * whoever looks for the agent finds this one.
 *
 * @param program absolute path of what is started; a script of Node's when it ends in `.js`
 */
export async function binDirectoryOf(name: string, version: string, program: string): Promise<string> {
  const node = await realNode();
  return await installOnce(await cacheDirectory(), `bin-${name}-${version}`, async (path) => {
    await Deno.symlink(node, join(path, "node"));
    await Deno.symlink(program, join(path, name));
  });
}

async function cacheDirectory(): Promise<string> {
  const cache = Deno.env.get("OPPER_AGENT_TEST_CACHE") || join(tmpdir(), "opper-agent-test-tools");
  await Deno.mkdir(cache, { recursive: true });
  return cache;
}

/** Name of a directory of the cache that holds all that `install` puts there, or does not exist. */
async function installOnce(
  cache: string,
  name: string,
  install: (path: string, final: string) => Promise<void>,
): Promise<string> {
  const final = join(cache, `${name}-${LAYOUT}`);
  if (await exists(final)) return final;
  using lock = await Deno.open(`${final}.lock`, { create: true, write: true });
  await lock.lock(true);
  // Another test file may have had the lock before.
  if (await exists(final)) return final;
  const partial = `${final}.partial`;
  await Deno.remove(partial, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(partial);
  await install(partial, final);
  await Deno.rename(partial, final);
  return final;
}

async function installNode(path: string): Promise<void> {
  // The package fetches the program in an install script, which npm 11 runs only for packages named here.
  await writePackage(path, { allowScripts: { node: true } });
  await npm(path, ["install", `node@${NODE_VERSION}`]);
}

async function installPi(version: PiVersion, node: string, path: string, final: string): Promise<void> {
  const name = "@earendil-works/pi-coding-agent";
  await writePackage(path, {});
  if (version === "1.5.2") {
    await npm(path, ["install", "--ignore-scripts", ...PI_1_5_2_NEEDS]);
    const [tarball] = (await npm(path, ["pack", "--silent", `${name}@${version}`])).trim().split("\n").slice(-1);
    // Below the directory that holds node_modules, where Node's look-up finds it.
    await run(path, ["tar", "-xzf", tarball!]);
  } else {
    await npm(path, ["install", "--ignore-scripts", `${name}@${version}`]);
  }
  await Deno.mkdir(join(path, "bin"));
  await Deno.symlink(node, join(path, "bin/node"));
  const script = `#!/bin/sh\nPATH="${join(final, "bin")}:$PATH" exec "${node}" "${join(final, cliOf(version))}" "$@"\n`;
  await Deno.writeTextFile(join(path, "bin/pi"), script, { mode: 0o755 });

  const said = await run(path, [node, join(path, cliOf(version)), "--version"], { PI_OFFLINE: "1", HOME: path });
  if (said.trim() !== version) throw new Error(`Expected Pi ${version} to say its version, but it said "${said}".`);
}

function cliOf(version: PiVersion): string {
  if (version === "1.5.2") return "package/dist/bundle/cli.js";
  return `node_modules/@earendil-works/pi-coding-agent/dist/${version === "0.74.2" ? "cli.js" : "bundle/cli.js"}`;
}

async function writePackage(path: string, content: object): Promise<void> {
  await Deno.writeTextFile(join(path, "package.json"), JSON.stringify({ private: true, ...content }));
}

function npm(cwd: string, args: readonly string[]): Promise<string> {
  return run(cwd, ["npm", ...args, "--no-audit", "--no-fund", "--no-update-notifier"]);
}

async function run(
  cwd: string,
  [program, ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const output = await new Deno.Command(program!, { args, cwd, env, stdin: "null", stdout: "piped", stderr: "piped" })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  // Pi 0.74.2 says its version on standard error when nobody reads it in a terminal.
  if (output.success) return text(output.stdout) || text(output.stderr);
  const end = text(output.stderr).trim().split("\n").slice(-20).join("\n");
  throw new Error(`Cannot install the real Pi that this test needs: "${program} ${args.join(" ")}" failed.\n${end}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
