/** Finding a program in `PATH`, without starting it. */
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { AgentError } from "../core/errors.ts";

/** Where a program is looked for, as a shell would. */
export interface ProgramSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Files that are never the answer, by real path: a program of the same name that would start us again. */
  readonly skip: readonly string[];
}

/**
 * Finds a program in `PATH`.
 *
 * @returns an absolute path; undefined when there is none
 * @throws {AgentError} launch_not_executable, when the only files of that name cannot be run
 */
export function findProgram(name: string, { env, cwd, skip }: ProgramSearch): string | undefined {
  let unusable: string | undefined;
  for (const directory of (env["PATH"] ?? "").split(delimiter)) {
    if (directory === "") continue;
    for (const suffix of programSuffixes(env)) {
      const path = join(isAbsolute(directory) ? directory : resolve(cwd, directory), name + suffix);
      const kind = kindOfProgram(path, skip);
      if (kind === "program") return path;
      if (kind === "not_executable") unusable ??= path;
    }
  }
  if (unusable === undefined) return undefined;
  throw new AgentError("launch_not_executable", `"${unusable}" is not executable.`, {
    hint: `Make it so with \`chmod +x ${unusable}\`, or install it again.`,
  });
}

function programSuffixes(env: ProgramSearch["env"]): readonly string[] {
  if (Deno.build.os !== "windows") return [""];
  return (env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";").filter((suffix) => suffix !== "");
}

function kindOfProgram(path: string, skip: readonly string[]): "program" | "not_executable" | "none" {
  try {
    const { isFile, mode } = Deno.statSync(path);
    if (!isFile || skip.includes(Deno.realPathSync(path))) return "none";
    return Deno.build.os === "windows" || mode === null || (mode & 0o111) !== 0 ? "program" : "not_executable";
  } catch (error) {
    // Missing, below something that is no directory, or not ours to look at: not to be found here.
    if (error instanceof Error) return "none";
    throw error;
  }
}
