/** Where Pi keeps what we place. Loaded by nearly every command, to see whether a launch that was killed left it. */
import { join, resolve } from "../../host/paths.ts";

export interface PlaceSurroundings {
  /** Absolute path of the user's home. */
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** File name of the extension, in Pi's tree and in ours. */
export const EXTENSION_FILE = "opper-session.ts";

/** Where the extension lies while launches run; absolute. */
export function extensionPath(surroundings: PlaceSurroundings): string {
  return join(agentDirectory(surroundings), "extensions", EXTENSION_FILE);
}

/** `PI_CODING_AGENT_DIR`, by default `~/.pi/agent`. */
function agentDirectory({ env, home, cwd }: PlaceSurroundings): string {
  const chosen = env["PI_CODING_AGENT_DIR"];
  if (!chosen) return join(home, ".pi", "agent");
  return resolve(cwd, chosen.replace(/^~(?=$|[/\\])/, home));
}
