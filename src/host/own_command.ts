/** How this very program is started again, whether it is compiled or run from source. Starts nothing. */
import { delimiter, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { realPathIfAny } from "./real_path_if_any.ts";

export interface OwnCommand {
  /** Absolute path of a program. */
  readonly command: string;
  /** What comes before arguments of ours. */
  readonly args: readonly string[];
}

export function ownCommand(): OwnCommand {
  const program = Deno.execPath();
  if (Deno.build.standalone) return { command: lastingPath(program, Deno.env.get("PATH") ?? ""), args: [] };
  return { command: program, args: ["run", "-A", "--no-prompt", "--frozen", fileURLToPath(Deno.mainModule)] };
}

/**
 * The name by which a program is found on the path, where that is a link to it. It outlives an update; what the link
 * leads to, a directory with a version in its name, does not.
 *
 * @param program absolute path
 * @param path value of `PATH`
 */
export function lastingPath(program: string, path: string): string {
  const name = Deno.build.os === "windows" ? "opper-agent.exe" : "opper-agent";
  const target = realPathIfAny(program);
  const found = path.split(delimiter).filter(isAbsolute).map((directory) => join(directory, name));
  return found.find((candidate) => target !== undefined && realPathIfAny(candidate) === target) ?? program;
}
