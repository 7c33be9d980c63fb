/**
 * A PostgreSQL of a test's own, from Debian's packages: in a directory that goes away with it, reached by a socket there.
 *
 * It is installed where it is missing, and an installation that fails is a failure of the test that asked.
 */
import { parse } from "csv-parse/sync";
import { join } from "node:path";
import type { SqlEngine, SqlRow } from "./sql_engine.ts";

/** Where Debian's packages put each version. */
const VERSIONS = "/usr/lib/postgresql";
/** What team/postgres needs at least, and Debian 12 has. */
const LEAST_VERSION = 15;
const NULL = "(null)";

export interface Postgres extends SqlEngine {
  /** Runs a script of psql as one transaction. @param input what the script reads from standard input */
  runFile(path: string, input: Uint8Array<ArrayBuffer> | string): Promise<void>;
}

/** @throws {Error} with the words of the program that failed */
export async function startPostgres(): Promise<Postgres> {
  const programs = await installedPrograms() ?? await installPrograms();
  // The server refuses to run for root, and reads nothing that only root may.
  const owner = Deno.uid() === 0 ? await idsOf("postgres") : undefined;
  const directory = await Deno.makeTempDir({ prefix: "opper-agent-postgres-" });
  if (owner !== undefined) await Deno.chown(directory, owner.uid, owner.gid);
  const data = join(directory, "data");
  const place = { cwd: directory, clearEnv: true, env: { PATH: Deno.env.get("PATH") ?? "", TZ: "UTC" } };
  const initdb = ["-D", data, "-U", "team", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
  await output(join(programs, "initdb"), { args: initdb, ...place, ...owner });
  const settings = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${directory}`, "-c", "fsync=off"];
  // Waits until the server takes connections.
  const start = ["start", "-w", "-D", data, "-l", join(directory, "log"), "-o", settings.join(" ")];
  await output(join(programs, "pg_ctl"), { args: start, ...place, ...owner }, "", "null");

  const psql = (args: readonly string[], input: Uint8Array<ArrayBuffer> | string) => {
    const all = ["-X", "-q", "-h", directory, "-U", "team", "-d", "postgres", "-v", "ON_ERROR_STOP=1", ...args];
    return output(join(programs, "psql"), { args: all, ...place }, input);
  };
  return {
    name: "PostgreSQL",
    async run(statement): Promise<readonly SqlRow[]> {
      const text = await psql(["--csv", "-P", `null=${NULL}`, "-f", "-"], statement);
      const rows: Record<string, string>[] = parse(text, { columns: true });
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === NULL ? null : value]))
      );
    },
    async runFile(path, input) {
      await psql(["--single-transaction", "-f", path], input);
    },
    async [Symbol.asyncDispose]() {
      const stop = ["stop", "-w", "-m", "immediate", "-D", data];
      await output(join(programs, "pg_ctl"), { args: stop, ...place, ...owner });
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function installPrograms(): Promise<string> {
  const place = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  await output("apt-get", { args: ["update", "-qq"], ...place });
  await output("apt-get", { args: ["install", "-qq", "-y", "--no-install-recommends", "postgresql"], ...place });
  const programs = await installedPrograms();
  if (programs === undefined) throw new Error(`There is no PostgreSQL ${LEAST_VERSION} in ${VERSIONS}.`);
  return programs;
}

/** Directory of the newest version's programs. */
async function installedPrograms(): Promise<string | undefined> {
  try {
    const names = await Array.fromAsync(Deno.readDir(VERSIONS), ({ name }) => Number(name));
    const newest = names.filter((version) => version >= LEAST_VERSION).sort((a, b) => b - a)[0];
    return newest === undefined ? undefined : join(VERSIONS, String(newest), "bin");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function idsOf(user: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const id = async (flag: string) => Number(await output("id", { args: [flag, user] }));
  return { uid: await id("-u"), gid: await id("-g") };
}

/** @param stdout `null` for a program that leaves another one behind, which would keep a pipe open */
async function output(
  program: string,
  options: Deno.CommandOptions,
  input: Uint8Array<ArrayBuffer> | string = "",
  stdout: "piped" | "null" = "piped",
): Promise<string> {
  const child = new Deno.Command(program, { ...options, stdin: "piped", stdout, stderr: stdout }).spawn();
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  // A script that fails reads nothing further; why is in its answer.
  const writing = new Blob([bytes]).stream().pipeTo(child.stdin).catch(() => {});
  const read = (stream: "stdout" | "stderr") => stdout === "null" ? "" : new Response(child[stream]).text();
  const [answer, errors, { success, code }] = await Promise.all([
    read("stdout"),
    read("stderr"),
    child.status,
    writing,
  ]);
  if (!success) throw new Error(`${program} ended with ${code}: ${errors.trim() || answer.trim()}`);
  return answer;
}
