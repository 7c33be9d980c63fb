/** Where Pi keeps its configuration: `PI_CODING_AGENT_DIR`, by default `~/.pi/agent`. */
import { join } from "node:path";
import { piDirectory } from "../agents/pi/placed_extension.ts";
import type { OperationContext } from "./contract/context.ts";

/** Absolute path of Pi's `models.json`. */
export function piModelsPath({ account, home, cwd }: OperationContext): string {
  return join(piDirectory({ env: account.env, home, cwd }), "models.json");
}
