/**
 * How this very program is started again, whether it is compiled or run from source, and whatever became of its file since
 * it was started: an update puts another one in its place, and a package manager takes its directory away. Starts nothing.
 */
import { delimiter, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgentError } from "../core/errors.ts";
import { realPathIfAny } from "./real_path_if_any.ts";

export interface OwnCommand {
  /** Absolute path of a program. */
  readonly command: string;
  /** What comes before arguments of ours. */
  readonly args: readonly string[];
}

/** @throws {AgentError} failed, when the program is gone: what is left of it in memory cannot be started */
export function ownCommand(): OwnCommand {
  const program = pathOfProgram(Deno.execPath(), Deno.env.get("PATH") ?? "");
  if (Deno.build.standalone) return { command: lastingPath(program, Deno.env.get("PATH") ?? ""), args: [] };
  return { command: program, args: ["run", "-A", "--no-prompt", "--frozen", fileURLToPath(Deno.mainModule)] };
}

/**
 * @param said what the system says: Linux adds to a path that it was taken away
 * @param path value of `PATH`
 * @throws {AgentError} failed, when there is nothing of that name any more
 */
export function pathOfProgram(said: string, path: string): string {
  if (realPathIfAny(said) !== undefined) return said;
  const program = said.replace(/ \(deleted\)$/, "");
  if (realPathIfAny(program) !== undefined) return program;
  const found = namesInPath(path).find((candidate) => realPathIfAny(candidate) !== undefined);
  if (found !== undefined) return found;
  throw new AgentError("failed", `"${program}", the program that runs here, was removed.`, {
    hint: "Install opper-agent again, and restart servers and launches.",
  });
}

/**
 * The name by which a program is found on the path, where that is a link to it. It outlives an update; what the link
 * leads to, a directory with a version in its name, does not.
 *
 * @param program absolute path
 * @param path value of `PATH`
 */
export function lastingPath(program: string, path: string): string {
  const target = realPathIfAny(program);
  return namesInPath(path).find((candidate) => target !== undefined && realPathIfAny(candidate) === target) ?? program;
}

function namesInPath(path: string): readonly string[] {
  const name = Deno.build.os === "windows" ? "opper-agent.exe" : "opper-agent";
  return path.split(delimiter).filter(isAbsolute).map((directory) => join(directory, name));
}
