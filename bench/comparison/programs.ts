/** Our program as it is to be measured, programs that do nothing beside it, and what all of them get to see. */
import { join, resolve } from "node:path";
import { V8_FLAGS } from "../../scripts/v8_flags.ts";
import { CASE } from "./case_names.ts";
import type { Program, RunPlace } from "./run_measured.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const EMPTY = new URL("empty_program.ts", import.meta.url).pathname;
const YEAR = ["--since", "1y", "--json"] as const;
const SESSIONS = ["sessions", "--json", "--limit", "0"] as const;
const DENO = [
  Deno.execPath(),
  "run",
  "-A",
  "--no-prompt",
  "--cached-only",
  "--frozen",
  // As `deno task start` and the compiled program.
  `--v8-flags=${V8_FLAGS.join(",")}`,
] as const;

/** @param given A command with blanks between its words. @default this source, run by this Deno */
export function ourCommand(given: string | undefined): Program["command"] {
  const [program, ...args] = given?.trim().split(/\s+/) ?? [];
  return program === undefined ? [...DENO, join(ROOT, "main.ts")] : [program, ...args];
}

/** A module of this repository, run by this Deno as the program itself is. @param module Its path below the repository */
export function runBySource(module: string, ...args: readonly string[]): Program["command"] {
  return [...DENO, join(ROOT, module), ...args];
}

/** The question that everybody is asked: every session, as JSON. */
export function sessionsProgram(name: string, ours: Program["command"]): Program {
  return { name, command: [...ours, ...SESSIONS] };
}

/** Questions that need a part of what the index has. */
export function briefQuestions(ours: Program["command"]): readonly Program[] {
  return [
    { name: CASE.few, command: [...ours, "sessions", "--limit", "20"] },
    { name: CASE.overview, command: [...ours, "overview"] },
    { name: CASE.statusline, command: [...ours, "statusline"] },
    { name: CASE.sums, command: [...ours, "cost", "--by", "day", ...YEAR] },
    { name: CASE.split, command: [...ours, "cost", "--by", "day", "--split", "model", ...YEAR] },
    { name: CASE.misses, command: [...ours, "misses", ...YEAR] },
    { name: CASE.advice, command: [...ours, "advise", ...YEAR] },
  ];
}

export interface StartOptions {
  readonly ours: Program["command"];
  /** Whether `ours` is this source: an empty program that is run from source is beside nothing else. */
  readonly isSource: boolean;
  /** Our compiled program. */
  readonly binary?: string;
  /** An empty program compiled the same way. @default one that this Deno compiles */
  readonly emptyBinary?: string;
  /** Directory to compile in. */
  readonly work: string;
}

/** Our short answers beside a program that does nothing, from source and, where there is a binary, compiled. */
export async function startPrograms(
  { ours, isSource, binary, emptyBinary, work }: StartOptions,
): Promise<readonly Program[]> {
  const programs: Program[] = [
    ...(isSource ? [{ name: CASE.empty, command: [...DENO, EMPTY] as const }] : []),
    { name: CASE.version, command: [...ours, "--version"] },
    { name: CASE.help, command: [...ours, "--help"] },
  ];
  if (binary === undefined) return programs;
  const empty = emptyBinary ?? await compileEmpty(join(work, "empty"));
  if (empty !== undefined) programs.push({ name: CASE.compiledEmpty, command: [resolve(empty)] });
  return [
    ...programs,
    { name: CASE.compiledVersion, command: [resolve(binary), "--version"] },
    { name: CASE.compiledHelp, command: [resolve(binary), "--help"] },
  ];
}

async function compileEmpty(output: string): Promise<string | undefined> {
  const args = ["compile", "-A", "--no-check", "--output", output, EMPTY];
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdout: "null", stderr: "inherit" })
    .output();
  if (!success) console.error("No empty program could be compiled: --empty-binary names one.");
  return success ? output : undefined;
}

/** The logs are the home's, the index is elsewhere; nothing else of this machine's user is seen. */
export function placeOf(home: string, stateDirectory: string): RunPlace {
  return {
    cwd: ROOT,
    env: {
      HOME: home,
      OPPER_HOME: stateDirectory,
      PATH: Deno.env.get("PATH") ?? "",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? defaultDenoDir(),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
      TZ: "UTC",
    },
  };
}

function defaultDenoDir(): string {
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
}
