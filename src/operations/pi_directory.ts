/** Where Pi keeps its configuration: `PI_CODING_AGENT_DIR`, by default `~/.pi/agent`. */
import { join, resolve } from "node:path";
import type { OperationContext } from "./context.ts";

/** Absolute path of Pi's `models.json`. */
export function piModelsPath({ account, home, cwd }: OperationContext): string {
  const chosen = account.env["PI_CODING_AGENT_DIR"];
  const directory = chosen ? resolve(cwd, chosen.replace(/^~(?=$|[/\\])/, home)) : join(home, ".pi", "agent");
  return join(directory, "models.json");
}
