/** Where Pi keeps what we place. Loaded by nearly every command, to see whether a launch that was killed left it. */
import { AgentError } from "../../core/errors.ts";
import { partForShell, readPlace } from "../../core/said_place.ts";
import { join, resolve } from "../../host/paths.ts";

export interface PlaceSurroundings {
  /** Absolute path of the user's home. */
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** File name of the extension, in Pi's tree and in ours. */
export const EXTENSION_FILE = "opper-session.ts";

const DIRECTORY_VARIABLE = "PI_CODING_AGENT_DIR";

/** Where the extension lies while launches run; absolute. @throws {AgentError} as {@linkcode piDirectory} does */
export function extensionPath(surroundings: PlaceSurroundings): string {
  return join(piDirectory(surroundings), "extensions", EXTENSION_FILE);
}

/**
 * `PI_CODING_AGENT_DIR`, by default `~/.pi/agent`.
 *
 * @throws {AgentError} usage, when the variable holds what only a shell knows
 */
export function piDirectory({ env, home, cwd }: PlaceSurroundings): string {
  const chosen = readPlace(env[DIRECTORY_VARIABLE], home);
  if (chosen === undefined) return join(home, ".pi", "agent");
  const unknown = partForShell(chosen);
  if (unknown === undefined) return resolve(cwd, chosen);
  throw new AgentError("usage", `${DIRECTORY_VARIABLE} is "${chosen}": only a shell knows what ${unknown} is.`, {
    hint: "Write the directory in full.",
  });
}
